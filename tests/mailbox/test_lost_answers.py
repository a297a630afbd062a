"""Receipts that find no message, or one whose answer was lost."""

import pytest

from postroom.mailbox.outcome import Ledger
from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.model.routing import Route, Routing
from postroom.model.traffic import Fate, Report
from postroom.store import receipts
from postroom.store.database import Store
from postroom.store.leases import LeaseLost
from postroom.workers.outbox import real_ms
from tests.mailbox.carrying import (
    carrying,
    claim,
    failure,
    now,
    parked,
    queue,
    quiet,
    receipt,
    segments,
    send,
    settle,
    status,
)

pytestmark = pytest.mark.usefixtures("furnished")
DELIVERED = MessageStatus.DELIVERED


@pytest.mark.parametrize("said", ["169552957", "a1b2c3d"])
async def test_another_carriers_receipt_with_the_same_id_is_for_another_message(
    store: Store, said: str
) -> None:
    beta = Routing((Route(carrier="beta", prefixes=("+",)),))

    async with carrying(store) as ledger:
        id = await send(ledger, "169552957")
    async with carrying(store, Terms(carrier="beta"), beta) as ledger:
        await ledger.reported(receipt(said, carrier="beta"))

    assert await status(store, id) is MessageStatus.SENT
    assert await parked(store) == [said]


async def test_a_receipt_that_fits_nothing_is_kept_once_however_often_it_comes(
    store: Store,
) -> None:
    async with carrying(store) as ledger:
        for _ in range(3):
            await ledger.reported(receipt("nobody's"))

    assert await parked(store) == ["nobody's"]


async def test_what_is_parked_is_forgotten_in_time_and_no_earlier(store: Store) -> None:
    async with carrying(store) as ledger:
        await ledger.reported(receipt("nobody's"))
    at = real_ms()

    await store.transact(lambda: receipts.forget(0, at - 60_000, 100))
    before = await parked(store)
    await store.transact(lambda: receipts.forget(0, at + 1, 100))

    assert before == ["nobody's"]
    assert await parked(store) == []


async def test_a_receipt_between_the_numbers_of_a_lost_answer_waits_while_another_is_under_way(
    store: Store,
) -> None:
    async with carrying(store) as ledger:
        lost = await queue(store)
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.UNCERTAIN))
        flying = await queue(store)
        [entry] = await claim(ledger)
        await ledger.reported(receipt("a2"))
        guess = await status(store, lost)
        await settle(ledger, entry, "a2")

    assert guess is MessageStatus.SENDING_FAILED
    assert await status(store, lost) is MessageStatus.SENDING_FAILED
    assert await status(store, flying) is DELIVERED


async def test_a_parked_receipt_of_a_lost_answer_is_found_when_nothing_is_under_way_any_more(
    store: Store,
) -> None:
    async with carrying(store) as ledger:
        lost = await queue(store)
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.UNCERTAIN))
        await queue(store)
        [entry] = await claim(ledger)
        await ledger.reported(receipt("a1"))
        await settle(ledger, entry, "a2")
        await ledger.revisit()
        await quiet(ledger)

    assert await status(store, lost) is DELIVERED
    assert await parked(store) == []


async def test_a_receipt_that_came_before_a_crash_lifts_what_the_crash_made_uncertain(
    store: Store,
) -> None:
    async with carrying(store) as ledger:
        id = await queue(store)
        await claim(ledger)
        await ledger.reported(receipt("a1"))
    async with carrying(store, holder="restarted"):
        pass

    assert await status(store, id) is DELIVERED
    assert await segments(store, id) == [(1, "a1", 1)]


async def test_one_receipt_does_not_lift_a_long_message_of_which_one_answer_was_lost(
    store: Store,
) -> None:
    id = await queue(store, "x" * 400)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, "a1", failure=failure(Fate.UNCERTAIN))
        await ledger.reported(receipt("a1"))
        await ledger.reported(receipt("a2"))

    assert await status(store, id) is MessageStatus.SENDING_FAILED


async def test_an_intermediate_receipt_proves_that_a_lost_answer_was_a_yes(store: Store) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.UNCERTAIN))
        await ledger.reported(receipt("a1", Report.UNDERWAY))
        proved = await now(store, id)
        await ledger.reported(receipt("a1"))

    assert proved[:2] == (MessageStatus.SENT, None)
    assert await status(store, id) is DELIVERED


async def test_a_carrier_that_gives_no_ids_is_understood_by_its_addresses(store: Store) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "")
        await ledger.reported(receipt("whatever"))

    assert await status(store, id) is DELIVERED


async def test_who_reports_to_a_ledger_that_lost_its_lease_is_told_so(store: Store) -> None:
    ledgers: list[Ledger] = []
    async with carrying(store) as ledger:
        ledgers.append(ledger)

    with pytest.raises(LeaseLost):
        await ledgers[0].reported(receipt("a1"))
