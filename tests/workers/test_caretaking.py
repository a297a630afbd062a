"""What one node does for the outbox as a whole."""

import asyncio

import pytest

from postroom.mailbox.outcome import Ledger
from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.store.database import Store
from postroom.store.outbox import NOBODY, UNROUTED
from postroom.workers import node
from postroom.workers.caretaking import LEASE, REMEMBERED_MS, Caretaker
from postroom.workers.outbox import real_ms
from postroom.workers.tenure import Leaseholder, Tenure
from tests.mailbox.carrying import (
    ACME,
    carrying,
    claim,
    now,
    parked,
    queue,
    receipt,
    route,
    segments,
    send,
    waiting,
)
from tests.store import office
from tests.workers.posts import QUICK, becomes, stop, until

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture(autouse=True)
async def furnished(store: Store) -> None:
    await office.furnish(store)


def caretaker(store: Store, ahead_ms: int = 0) -> Caretaker:
    def real() -> int:
        return real_ms() + ahead_ms

    return Caretaker(
        ledger=Ledger(store, Terms(carrier=NOBODY), ACME, real, real),
        leaseholder=Leaseholder(
            store=store, name=LEASE, holder=node.identity(), tenure=Tenure(), pulse=QUICK
        ),
        park_ms=72 * HOUR_MS,
    )


async def test_what_a_carrier_that_is_gone_left_waiting_is_routed_again(store: Store) -> None:
    kept, moved = await queue(store), await queue(store)
    await route(store, kept, "acme")
    await route(store, moved, "gone")

    running = asyncio.create_task(caretaker(store).run())

    async def is_moved() -> bool:
        return [row.carrier for row in await waiting(store)] == ["acme", UNROUTED]

    await until(is_moved)
    await stop(running)


async def test_what_a_carrier_that_is_gone_had_on_the_wire_is_uncertain(store: Store) -> None:
    id = await queue(store)
    gone = Terms(carrier="gone")
    await route(store, id, "gone")

    async with carrying(store, gone) as ledger:
        await claim(ledger)
    running = asyncio.create_task(caretaker(store).run())
    await becomes(store, id, MessageStatus.SENDING_FAILED)
    await stop(running)

    assert (await now(store, id)).uncertain


async def test_what_no_carrier_serves_fails_when_it_is_too_old(store: Store) -> None:
    old, young = await queue(store, now=real_ms() - 25 * HOUR_MS), await queue(store)
    for id in (old, young):
        await route(store, id, NOBODY)

    running = asyncio.create_task(caretaker(store).run())
    await becomes(store, old, MessageStatus.SENDING_FAILED)
    await stop(running)

    assert (await now(store, old)).error == "SMS-RC-410"
    assert [row.id for row in await waiting(store)] == [young]


@pytest.mark.parametrize(
    ("ahead_ms", "remembered", "kept"),
    [(71 * HOUR_MS, True, ["x"]), (73 * HOUR_MS, True, []), (REMEMBERED_MS + HOUR_MS, False, [])],
)
async def test_receipts_that_fit_nothing_are_kept_for_72_hours_and_segments_for_a_week(
    store: Store, ahead_ms: int, remembered: bool, kept: list[str]
) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "a1")
        await ledger.reported(receipt("x"))

    looking_after = caretaker(store, ahead_ms)
    running = asyncio.create_task(looking_after.run())
    await until(lambda: looking_after.leaseholder.lease is not None)
    await looking_after.step()
    await stop(running)

    assert await parked(store) == kept
    assert bool(await segments(store, id)) is remembered
