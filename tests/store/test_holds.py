"""Holds in the store: their bits in the mailboxes, and what they keep from being taken away."""

import asyncio
from collections.abc import Awaitable

import pytest
from sqlalchemy import select

from postroom.directory import auditing
from postroom.model.audit import Signature
from postroom.model.holds import Hold
from postroom.model.ids import ExtensionId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marked
from postroom.model.message import Direction
from postroom.store import holds
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement
from postroom.store.tables import mailbox
from tests.store import office
from tests.store.deeds import BEN, filed, marking
from tests.store.office import ACCOUNT, NOW

HELD = Statement(select(mailbox.c.extension_id, mailbox.c.held).order_by(mailbox.c.extension_id))
FINAL: dict[str, tuple[tuple[Step, ...], Step]] = {
    "erase from Alive": ((), Step.ERASE),
    "erase from Deleted": ((Step.DELETE,), Step.ERASE),
    "purge": ((Step.DELETE,), Step.PURGE),
    "second delete": ((Step.DELETE,), Step.DELETE),
    "evict": ((), Step.EVICT),
}


async def placed(store: Store, id: int, extension: int | None) -> None:
    new = Hold(
        id=id,
        extension=None if extension is None else ExtensionId(extension),
        reason="Acme v. Doe",
        placed_by="operator root",
        placed_ms=NOW,
    )
    await store.transact(lambda: holds.place(ACCOUNT, new, Signature(BEN, NOW)))


async def released(store: Store, id: int) -> None:
    await store.transact(lambda: holds.release(ACCOUNT, id, Signature(BEN, NOW)))


async def only(marked: Awaitable[list[Marked]]) -> Marked:
    """What happened to the one message that was marked."""
    [one] = await marked
    return one


@pytest.mark.parametrize("way", FINAL)
async def test_no_final_step_is_taken_under_a_hold_by_anybody(store: Store, way: str) -> None:
    before, step = FINAL[way]
    await office.furnish(store)
    [id] = await filed(store, 1)
    for earlier in before:
        await store.mark(marking(earlier, id))
    await placed(store, 1, 1)

    refused = await only(store.mark(marking(step, id)))
    await released(store, 1)
    granted = await only(store.mark(marking(step, id)))

    assert (refused.held, refused.found, refused.changed) == (True, True, False)
    assert (granted.held, granted.changed) == (False, True)


async def test_a_purged_message_under_a_hold_is_not_forgotten(store: Store) -> None:
    await office.furnish(store)
    received = office.message(1, direction=Direction.INBOUND)
    await store.file(office.filing(received))
    await store.mark(marking(Step.ERASE, received.id))
    await placed(store, 1, None)

    refused = await only(store.mark(marking(Step.FORGET, received.id)))

    assert (refused.held, refused.changed) == (True, False)


async def test_deleting_and_restoring_go_on_under_a_hold(store: Store) -> None:
    await office.furnish(store)
    [id] = await filed(store, 1)
    await placed(store, 1, 1)

    deleted = await only(store.mark(marking(Step.DELETE, id)))
    restored = await only(store.mark(marking(Step.RESTORE, id)))

    assert (deleted.changed, restored.changed) == (True, True)


async def test_holds_are_independent_of_each_other(store: Store) -> None:
    await office.furnish(store)
    seen: list[list[int]] = []

    async def look() -> None:
        seen.append([held for _, held in await store.fetch(HELD)])

    for id, extension in ((1, 2), (2, 2), (3, None)):
        await placed(store, id, extension)
        await look()
    for id in (1, 3, 2):
        await released(store, id)
        await look()

    assert seen == [[0, 1, 0], [0, 1, 0], [2, 3, 2], [2, 3, 2], [0, 1, 0], [0, 0, 0]]


async def test_holds_that_are_placed_at_once_all_stand(
    store: Store, store_settings: StoreSettings
) -> None:
    await office.furnish(store)
    other = Store(store_settings)
    await other.open()

    await asyncio.gather(
        *(placed((store, other)[id % 2], id, (1, 2, 3, None)[id % 4]) for id in range(1, 17))
    )
    await asyncio.gather(*(released((store, other)[id % 2], id) for id in range(1, 13)))

    assert await store.fetch(HELD) == [(1, 3), (2, 3), (3, 3)]
    assert (await auditing.verify(store, ACCOUNT)).number == 28
    await other.close()
