"""Claimed, submitted, settled: on both engines, with the answers that carriers give."""

import asyncio

import pytest

from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.model.traffic import Fate, Submitted
from postroom.store.database import Store
from postroom.store.leases import LeaseLost
from postroom.store.outbox import UNROUTED
from postroom.workers.outbox import real_ms
from tests.mailbox.carrying import (
    carrying,
    claim,
    failure,
    now,
    queue,
    quiet,
    receipt,
    segments,
    send,
    settle,
    status,
    waiting,
)

pytestmark = pytest.mark.usefixtures("furnished")
HOUR_MS = 3_600_000


async def test_an_accepted_message_is_sent_and_leaves_the_outbox(store: Store) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "a1")

    assert await now(store, id) == (MessageStatus.SENT, None, None, False, 1)
    assert await waiting(store) == []
    assert await segments(store, id) == [(1, "a1", 0)]


async def test_a_claim_takes_the_oldest_and_no_more_than_it_may(store: Store) -> None:
    ids = [await queue(store) for _ in range(5)]

    async with carrying(store) as ledger:
        claimed = await claim(ledger, 3)

    assert [entry.message_id for entry in claimed] == ids[:3]
    assert [(row.id, row.claimed) for row in await waiting(store)] == [
        (id, id in ids[:3]) for id in ids
    ]


async def test_what_is_claimed_is_not_claimed_again(store: Store) -> None:
    await queue(store)

    async with carrying(store) as ledger:
        first, second = await claim(ledger), await claim(ledger)

    assert (len(first), len(second)) == (1, 0)


async def test_a_permanent_error_fails_the_message_with_its_code(store: Store) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.PERMANENT, "SMS-UP-410"))

    assert await now(store, id) == (MessageStatus.SENDING_FAILED, "SMS-UP-410", None, False, 1)
    assert await waiting(store) == []


async def test_a_temporary_error_is_tried_again_later_each_time_twice_as_late(
    store: Store,
) -> None:
    id = await queue(store)

    pauses = []
    async with carrying(store) as ledger:
        for _ in range(3):
            began = real_ms()
            ledger.claims._real = lambda: real_ms() + 1_000_000
            [entry] = await claim(ledger)
            ledger.claims._real = real_ms
            await settle(ledger, entry, failure=failure(Fate.TEMPORARY))
            [row] = await waiting(store)
            pauses.append(round((row.due_ms - began) / 1000))

    assert pauses == [2, 4, 8]
    assert (row.carrier, row.claimed, row.attempts) == (UNROUTED, False, 3)
    assert await now(store, id) == (MessageStatus.QUEUED, None, None, False, 3)


async def test_what_was_never_submitted_does_not_count_as_an_attempt(store: Store) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.TEMPORARY, not_bound=True))

    assert (await now(store, id)).attempts == 0
    assert [row.attempts for row in await waiting(store)] == [0]


async def test_temporary_errors_for_too_long_fail_the_message(store: Store) -> None:
    id = await queue(store, now=real_ms() - 25 * HOUR_MS)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.TEMPORARY))

    assert await status(store, id) is MessageStatus.SENDING_FAILED
    assert await waiting(store) == []


async def test_what_waits_for_too_long_is_given_up_without_being_submitted(store: Store) -> None:
    old, young = await queue(store, now=real_ms() - 25 * HOUR_MS), await queue(store)

    async with carrying(store) as ledger:
        [_, entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.TEMPORARY, not_bound=True))
    async with carrying(store, holder="next") as ledger:
        given_up = await ledger.give_up(10)
        await quiet(ledger)

    assert given_up == 0
    assert (await now(store, old)).error == "SMS-UP-500"
    assert [row.id for row in await waiting(store)] == [young]


async def test_a_lost_answer_fails_the_message_as_uncertain_and_a_receipt_lifts_it(
    store: Store,
) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.UNCERTAIN))
        guessed = await now(store, id)
        await ledger.reported(receipt("4711"))

    assert guessed[:2] == (MessageStatus.SENDING_FAILED, "SMS-UP-500")
    assert guessed.uncertain
    assert (await now(store, id))[:2] == (MessageStatus.DELIVERED, None)
    assert await segments(store, id) == [(1, "4711", 1)]


async def test_a_failure_that_is_certain_is_not_lifted(store: Store) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.PERMANENT))
        await ledger.reported(receipt("4711"))

    assert await status(store, id) is MessageStatus.SENDING_FAILED


async def test_a_lost_answer_is_tried_again_where_the_carrier_is_set_up_so(store: Store) -> None:
    id = await queue(store)

    async with carrying(store, Terms(carrier="acme", resend=True)) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.UNCERTAIN))

    assert await status(store, id) is MessageStatus.QUEUED
    assert [(row.carrier, row.claimed) for row in await waiting(store)] == [("acme", False)]


async def test_after_a_crash_only_what_was_claimed_is_uncertain_and_nothing_goes_twice(
    store: Store,
) -> None:
    ids = [await queue(store) for _ in range(5)]

    async with carrying(store) as ledger:
        await claim(ledger, 2)
    async with carrying(store, holder="restarted") as ledger:
        again = await claim(ledger)

    assert [entry.message_id for entry in again] == ids[2:]
    states = [await now(store, id) for id in ids]
    assert [state.uncertain for state in states] == [True, True, False, False, False]
    assert [state.status for state in states[:2]] == [MessageStatus.SENDING_FAILED] * 2


async def test_after_a_crash_what_was_claimed_goes_again_where_the_carrier_is_set_up_so(
    store: Store,
) -> None:
    terms = Terms(carrier="acme", resend=True)
    id = await queue(store)

    async with carrying(store, terms) as ledger:
        await claim(ledger)
    async with carrying(store, terms, holder="restarted") as ledger:
        ledger.claims._real = lambda: real_ms() + 1_000_000
        again = await claim(ledger)

    assert [entry.message_id for entry in again] == [id]


async def test_whoever_lost_the_lease_writes_nothing(store: Store) -> None:
    id = await queue(store)

    async with carrying(store, holder="frozen") as frozen:
        [entry] = await claim(frozen)
        async with carrying(store, holder="awake"):
            frozen.finish(entry, Submitted(ids=("a1",)))
            with pytest.raises(LeaseLost):
                await frozen.reported(receipt("a1"))
            with pytest.raises(LeaseLost):
                await frozen.claims.claim(10)

    assert await segments(store, id) == [(1, "", 0)]
    assert (await now(store, id)).uncertain


async def test_a_claim_whose_answer_was_lost_is_given_back(store: Store) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        await claim(ledger)
        ledger.claims.open.clear()
        ledger.claims._in_doubt = True
        again = await claim(ledger)

    assert [(entry.message_id, entry.attempts) for entry in again] == [(id, 1)]


async def test_an_outcome_that_cannot_be_written_does_not_hold_up_its_neighbours(
    store: Store,
) -> None:
    ids = [await queue(store) for _ in range(3)]

    async with carrying(store) as ledger:
        entries = await claim(ledger)
        for entry, id in zip(entries, ("a1", "\ud800", "a3"), strict=True):
            ledger.finish(entry, Submitted(ids=(id,)))
        await quiet(ledger)
        assert ledger.claims.stuck == {entries[1].key}

    assert [await status(store, id) for id in ids] == [
        MessageStatus.SENT,
        MessageStatus.QUEUED,
        MessageStatus.SENT,
    ]


async def test_many_outcomes_share_few_commits(store: Store) -> None:
    for _ in range(200):
        await queue(store)

    async with carrying(store) as ledger:
        entries = await claim(ledger, 200)
        before = sum(store.engine.stats.batch_size.counts)
        for number, entry in enumerate(entries):
            ledger.finish(entry, Submitted(ids=(f"z{number}",)))
        await quiet(ledger)
        await asyncio.gather(*(ledger.reported(receipt(f"z{n}")) for n in range(200)))

    assert sum(store.engine.stats.batch_size.counts) - before < 10
