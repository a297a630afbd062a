"""A mailbox is walked from its first message to its last: each is met once, none stops the walk."""

from typing import Any

import pytest

from postroom.mailbox.walking import Stretch, Unreadable, walk
from postroom.model.errors import Unavailable
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.model.message import MessageType
from postroom.store import walking
from postroom.store.commands import Rows
from postroom.store.database import Store
from postroom.store.statements import Statement
from tests.store import office
from tests.store.office import ACCOUNT, NOW

OWNER = ExtensionId(1)


@pytest.fixture(autouse=True)
async def ids(store: Store) -> list[int]:
    """Seven messages, some of the same second, the later ones with smaller ids."""
    await office.furnish(store)
    messages = [
        office.message(OWNER, id=100 - n, now=NOW + n // 2 * 1000, type=kind)
        for n, kind in enumerate([MessageType.SMS, MessageType.PAGER, *[MessageType.SMS] * 5])
    ]
    await store.file(office.filing(*messages))
    return [one.id for one in sorted(messages, key=lambda one: (one.created_ms, one.id))]


async def walked(store: Store, stretch: Stretch | None = None, page: int = 2) -> list[Any]:
    """The ids that were met, and what was unreadable, in order."""
    met: list[Any] = []
    async for one in walk(store, ACCOUNT, OWNER, stretch or Stretch(), _id, page):
        met += [*one.good, *one.bad]
    return met


def _id(kept: Any) -> int:
    return int(kept.message.id)


async def mark(store: Store, step: Step, *ids: int) -> None:
    await store.mark(
        Marking(
            account_id=ACCOUNT,
            extension_id=OWNER,
            version=1,
            ids=tuple(map(MessageId, ids)),
            now_ms=NOW,
            step=step,
        )
    )


@pytest.mark.parametrize("page", [1, 2, 3, 500])
async def test_every_message_is_met_once_in_order(store: Store, ids: list[int], page: int) -> None:
    await mark(store, Step.DELETE, *ids[::2])

    assert await walked(store, page=page) == ids


async def test_what_is_deleted_or_restored_meanwhile_is_met_once(
    store: Store, ids: list[int]
) -> None:
    await mark(store, Step.DELETE, *ids[4:])
    met: list[int] = []

    async for page in walk(store, ACCOUNT, OWNER, Stretch(), _id, 2):
        met += page.good
        await mark(store, Step.DELETE, *ids[:4])
        await mark(store, Step.RESTORE, *ids[4:])

    assert met == ids


async def test_bounds_are_inclusive_and_types_are_chosen(store: Store, ids: list[int]) -> None:
    start = NOW - NOW % 1000
    second = await walked(store, Stretch(start + 1000, start + 2000))
    pages = await walked(store, Stretch(types=(MessageType.PAGER,)))

    assert second == ids[2:6]
    assert pages == [99]


class Faulty:
    """A store on a disk of which one row cannot be read."""

    def __init__(self, store: Store, row: int, error: Exception) -> None:
        self._store, self._row, self._error = store, row, error

    async def fetch(self, statement: Statement, **arguments: Any) -> Rows:
        rows = await self._store.fetch(statement, **arguments)
        place = walking.ID if statement in (walking.WALK, walking.ENTRY_OF) else None
        if place is not None and self._row in [row[place] for row in rows]:
            raise self._error
        return rows


@pytest.mark.parametrize("place", [0, 3, 6])
async def test_a_row_that_the_disk_has_lost_is_passed_by(
    store: Store, ids: list[int], place: int
) -> None:
    faulty: Any = Faulty(store, ids[place], OSError())

    met = await walked(faulty)

    assert [one for one in met if isinstance(one, int)] == ids[:place] + ids[place + 1 :]
    assert [one for one in met if not isinstance(one, int)] == [Unreadable(ids[place], "OSError")]


async def test_a_database_that_is_away_is_no_damage(store: Store, ids: list[int]) -> None:
    faulty: Any = Faulty(store, ids[2], Unavailable())

    with pytest.raises(Unavailable):
        await walked(faulty)
