"""Ageing in a store: once per step, whoever sweeps, and past what may not move."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from postroom.mailbox import due
from postroom.mailbox.ageing import Ageing
from postroom.model import keeping
from postroom.model.lifecycle import Step
from postroom.model.message import Direction, MessageType
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, one
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement, arg
from postroom.store.tables import account
from tests.mailbox import sweeping
from tests.mailbox.sweeping import ALIVE, DELETED, PURGED, Hands, mark, received, where
from tests.store import office

UPDATED, FORGOTTEN = ChangeKind.UPDATED.value, ChangeKind.FORGOTTEN.value
RAISE = Statement(
    update(account)
    .values(directory_version=account.c.directory_version + 1)
    .where(account.c.id == arg("id"))
)


async def test_two_nodes_that_sweep_at_once_take_each_step_once(
    store_settings: StoreSettings, store: Store, tmp_path: Path
) -> None:
    await office.furnish(store, accounts=3)
    other = Store(store_settings)
    await other.open()
    clock = Hands()
    ids = {a: await received(store, 120, account=a, now=clock()) for a in (1, 2, 3)}
    for a, some in ids.items():
        await mark(store, 1, some, clock(), step=Step.DELETE, account=a)

    for _ in range(2):
        clock.forward(5.1)
        nodes = [sweeping.sweeper(s, tmp_path, clock, at_once=20) for s in (store, other)]
        await asyncio.gather(*(node.round() for node in nodes))
        await asyncio.gather(*(node.round() for node in nodes))

    for a, some in ids.items():
        assert await where(store, a) == {}
        seen = await sweeping.changes(store, a)
        assert {seen[id, UPDATED] for id in some} == {2}
        assert {seen[id, FORGOTTEN] for id in some} == {1}
        await sweeping.check_books(store, a)
    await other.close()


@pytest.mark.usefixtures("furnished")
async def test_a_step_is_taken_once_even_without_a_lease(store: Store, tmp_path: Path) -> None:
    clock = Hands()
    ids = await received(store, 60, type=MessageType.FAX)
    clock.forward(91)
    ageing = sweeping.sweeper(store, tmp_path, clock, at_once=20).ageing
    found = [row async for row in _accounts(ageing)]

    async def sweep() -> None:
        async for _ in ageing.pieces(found[0], clock()):
            await asyncio.sleep(0)

    await asyncio.gather(*(sweep() for _ in range(4)))

    assert await where(store) == dict.fromkeys(ids, DELETED)
    seen = await sweeping.changes(store)
    assert {seen[id, UPDATED] for id in ids} == {1}


def _accounts(ageing: Ageing) -> AsyncIterator[due.Account]:
    return due.accounts(ageing.store, ageing.house)


@pytest.mark.usefixtures("furnished")
async def test_what_may_not_move_holds_up_nobody(store: Store, tmp_path: Path) -> None:
    clock = Hands()
    queued = [office.message(1, direction=Direction.OUTBOUND) for _ in range(30)]
    await store.file(office.filing(*queued))
    late = await received(store, 10, now=clock() + 60_000)
    held = [int(copy.id) for copy in queued]
    await mark(store, 1, held, clock(), step=Step.ERASE)
    await mark(store, 1, late, clock() + 60_000, step=Step.ERASE)
    clock.forward(6)

    await sweeping.sweeper(store, tmp_path, clock, at_once=5).round()

    assert await where(store) == dict.fromkeys(held, PURGED)
    await sweeping.check_books(store)


@pytest.mark.usefixtures("furnished")
async def test_what_was_restored_and_deleted_meanwhile_is_not_purged(
    store: Store, tmp_path: Path
) -> None:
    clock = Hands()
    [id] = await received(store, 1)
    await mark(store, 1, [id], clock(), step=Step.DELETE)
    clock.forward(6)
    ageing = sweeping.sweeper(store, tmp_path, clock).ageing
    [found] = [row async for row in due.accounts(store, ageing.house)]
    rule = next(one for one in keeping.due(found.keeping, clock()) if one.step is Step.PURGE)
    [owned] = [some async for some in due.aged(store, found, rule, 10)]
    await mark(store, 1, [id], clock(), step=Step.RESTORE)
    await mark(store, 1, [id], clock(), step=Step.DELETE)

    moved = await ageing._move(found, rule.reason, rule.step, owned, clock(), rule.before_ms)

    assert moved == 0
    assert await where(store) == {id: DELETED}


@pytest.mark.usefixtures("furnished")
async def test_a_change_of_the_account_in_the_middle_begins_it_again(
    store: Store, tmp_path: Path
) -> None:
    clock = Hands()
    ids = await received(store, 60)
    await mark(store, 1, ids, clock(), step=Step.DELETE)
    clock.forward(6)
    node = sweeping.sweeper(store, tmp_path, clock, at_once=10)

    def raised() -> Steps[None]:
        yield from one(RAISE, id=office.ACCOUNT)

    rounds = asyncio.ensure_future(node.round())
    for _ in range(3):
        await store.transact(raised)
    await rounds

    assert set((await where(store)).values()) == {PURGED}


@pytest.mark.usefixtures("furnished")
async def test_an_idle_round_writes_nothing(store: Store, tmp_path: Path) -> None:
    await received(store, 5)
    before = store.engine.stats.batch_size.total

    await sweeping.sweeper(store, tmp_path, Hands()).round()

    assert store.engine.stats.batch_size.total == before


@pytest.mark.usefixtures("furnished")
async def test_a_large_account_is_swept_in_turns_until_nothing_is_left(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.workers.sweeping.PIECES", 2)
    clock = Hands()
    ids = await received(store, 95)
    await mark(store, 1, ids, clock(), step=Step.DELETE)
    clock.forward(6)

    moved = await sweeping.sweeper(store, tmp_path, clock, at_once=10).round()

    assert moved == 95
    assert await where(store) == dict.fromkeys(ids, PURGED)


@pytest.mark.usefixtures("furnished")
async def test_a_sweep_that_dies_goes_on_where_it_was(store: Store, tmp_path: Path) -> None:
    clock = Hands()
    ids = await received(store, 60)
    await mark(store, 1, ids, clock(), step=Step.DELETE)
    clock.forward(6)
    ageing = sweeping.sweeper(store, tmp_path, clock, at_once=10).ageing
    [found] = [row async for row in _accounts(ageing)]
    pieces = ageing.pieces(found, clock())
    await anext(pieces)
    await pieces.aclose()
    assert sorted((await where(store)).values()).count(PURGED) == 10

    await sweeping.sweeper(store, tmp_path, clock).round()

    assert await where(store) == dict.fromkeys(ids, PURGED)
    seen = await sweeping.changes(store)
    assert {seen[id, UPDATED] for id in ids} == {2}
    assert ALIVE not in (await where(store)).values()


@pytest.mark.usefixtures("furnished")
async def test_a_conversation_lives_as_long_as_its_last_message(
    store: Store, tmp_path: Path
) -> None:
    clock = Hands()
    ids = await received(store, 3)
    node = sweeping.sweeper(store, tmp_path, clock)

    for gone in (ids[2], ids[0], ids[1]):
        await mark(store, 1, [gone], clock(), step=Step.ERASE)
        clock.forward(6)
        await node.round()
        await sweeping.check_books(store)

    assert await store.fetch(sweeping.TALKS, account_id=office.ACCOUNT) == []
