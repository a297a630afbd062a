"""Delivery receipts: in every spelling, at every time, for one message of one status."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postroom.model.message import MessageStatus
from postroom.model.traffic import Fate, Report, Submitted
from postroom.store.database import Store
from postroom.workers.outbox import real_ms
from tests.mailbox.carrying import (
    OURS,
    THEIRS,
    carrying,
    claim,
    failure,
    now,
    parked,
    queue,
    quiet,
    receipt,
    send,
    settle,
    status,
)

pytestmark = pytest.mark.usefixtures("furnished")
DELIVERED, FAILED = MessageStatus.DELIVERED, MessageStatus.DELIVERY_FAILED

SPELLINGS = {
    "the same": ("169552957", "169552957"),
    "hexadecimal of decimal": ("169552957", "a1b2c3d"),
    "decimal of hexadecimal": ("a1b2c3d", "169552957"),
    "upper case": ("a1b2c3d", "A1B2C3D"),
    "leading zeros": ("a1b2c3d", "000A1B2C3D"),
    "hexadecimal with its sign": ("A1B2C3D", "0x0a1b2c3d"),
    "a word": ("msg-17-Q", "MSG-17-q"),
}
"""What the carrier said first, and what its receipt says."""


async def before_the_response(store: Store, given: str, said: str, to: str = THEIRS) -> int:
    async with carrying(store) as ledger:
        id = await queue(store, to=to)
        [entry] = await claim(ledger)
        await ledger.reported(receipt(said, addresses=(OURS, to)))
        await settle(ledger, entry, given)
    return id


async def after_the_response(store: Store, given: str, said: str, to: str = THEIRS) -> int:
    async with carrying(store) as ledger:
        id = await send(ledger, given, to=to)
        await ledger.reported(receipt(said, addresses=(OURS, to)))
    return id


async def after_a_reconnect(store: Store, given: str, said: str, to: str = THEIRS) -> int:
    async with carrying(store) as ledger:
        id = await send(ledger, given, to=to)
    async with carrying(store, holder="another node") as ledger:
        await ledger.reported(receipt(said, addresses=(OURS, to)))
    return id


async def repeated(store: Store, given: str, said: str, to: str = THEIRS) -> int:
    async with carrying(store) as ledger:
        id = await send(ledger, given, to=to)
        report = receipt(said, addresses=(OURS, to))
        await ledger.reported(report)
        await asyncio.gather(*(ledger.reported(report) for _ in range(3)))
    return id


async def followed_by_a_late_enroute(store: Store, given: str, said: str, to: str = THEIRS) -> int:
    async with carrying(store) as ledger:
        id = await send(ledger, given, to=to)
        for report in (Report.UNDERWAY, Report.DELIVERED, Report.UNDERWAY, Report.FAILED):
            await ledger.reported(receipt(said, report, addresses=(OURS, to)))
    return id


Times = Callable[[Store, str, str, str], Awaitable[int]]
TIMES: list[Times] = [
    before_the_response,
    after_the_response,
    after_a_reconnect,
    repeated,
    followed_by_a_late_enroute,
]


@pytest.mark.parametrize("when", TIMES)
async def test_a_receipt_finds_its_message_in_every_spelling(store: Store, when: Times) -> None:
    ids = {
        spelling: await when(store, given, said, f"+1415555{number:04}")
        for number, (spelling, (given, said)) in enumerate(SPELLINGS.items())
    }

    statuses = {spelling: (await now(store, id))[:2] for spelling, id in ids.items()}
    assert statuses == dict.fromkeys(SPELLINGS, (DELIVERED, None))
    assert await parked(store) == []


async def test_another_spelling_counts_only_when_both_addresses_agree(store: Store) -> None:
    early = receipt("a1b2c3d", addresses=("+16505550102", THEIRS))
    late = receipt("0A1B2C3D", addresses=(OURS, "+14155550124"))

    async with carrying(store) as ledger:
        id = await queue(store)
        [entry] = await claim(ledger)
        await ledger.reported(early)
        await settle(ledger, entry, "169552957")
        await ledger.reported(late)

    assert await status(store, id) is MessageStatus.SENT
    assert sorted(await parked(store)) == ["0A1B2C3D", "a1b2c3d"]


async def test_the_same_spelling_counts_even_where_an_address_was_rewritten(store: Store) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "a1b2c3d")
        await ledger.reported(receipt("A1B2C3D", addresses=(OURS, "0049123")))

    assert await status(store, id) is DELIVERED


async def test_of_two_messages_the_one_whose_addresses_agree_is_meant(store: Store) -> None:
    async with carrying(store) as ledger:
        ten = await send(ledger, "10", to="+14155550199")
        sixteen = await send(ledger, "16")
        await ledger.reported(receipt("10"))

    assert await status(store, ten) is MessageStatus.SENT
    assert await status(store, sixteen) is DELIVERED


async def test_a_message_is_delivered_when_all_its_segments_are(store: Store) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "a1", "a2", "a3", text="x" * 400)
        for said in ("a2", "a3", "a2"):
            await ledger.reported(receipt(said))
        early = await status(store, id)
        await ledger.reported(receipt("a1"))

    assert early is MessageStatus.SENT
    assert await status(store, id) is DELIVERED


async def test_a_message_failed_as_soon_as_one_segment_finally_failed(store: Store) -> None:
    async with carrying(store) as ledger:
        id = await send(ledger, "a1", "a2", text="x" * 300)
        await ledger.reported(receipt("a2", Report.FAILED, error="SMS-CAR-411"))
        await ledger.reported(receipt("a1"))

    assert (await now(store, id))[:2] == (FAILED, "SMS-CAR-411")


async def test_receipts_for_a_message_that_is_partly_sent_do_not_deliver_it_early(
    store: Store,
) -> None:
    id = await queue(store, "x" * 300)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await settle(ledger, entry, "a1", failure=failure(Fate.TEMPORARY))
        await ledger.reported(receipt("a1"))
        early = await status(store, id)
        ledger.claims._real = lambda: real_ms() + 1_000_000
        [entry] = await claim(ledger)
        await ledger.reported(receipt("a2"))
        await settle(ledger, entry, "a2")

    assert early is MessageStatus.QUEUED
    assert await status(store, id) is DELIVERED


async def test_a_long_message_that_was_refused_in_part_is_not_delivered_by_the_rest(
    store: Store,
) -> None:
    id = await queue(store, "x" * 300)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        await ledger.reported(receipt("a1"))
        await settle(ledger, entry, "a1", failure=failure(Fate.PERMANENT))

    assert await status(store, id) is MessageStatus.SENDING_FAILED


async def test_the_time_of_delivery_is_the_receipts_or_else_now(store: Store) -> None:
    done = datetime(2026, 1, 5, 12, 1, tzinfo=UTC)

    async with carrying(store) as ledger:
        timed, untimed = await send(ledger, "a1"), await send(ledger, "a2")
        began = real_ms()
        await ledger.reported(replace(receipt("a1"), done_at=done))
        await ledger.reported(receipt("a2"))

    assert (await now(store, timed)).delivered_ms == int(done.timestamp() * 1000)
    assert began <= ((await now(store, untimed)).delivered_ms or 0) <= real_ms()


async def test_the_answer_and_the_receipt_in_one_commit_make_one_delivered_message(
    store: Store,
) -> None:
    id = await queue(store)

    async with carrying(store) as ledger:
        [entry] = await claim(ledger)
        reported = asyncio.ensure_future(ledger.reported(receipt("a1")))
        ledger.finish(entry, Submitted(ids=("a1",)))
        await reported
        await quiet(ledger)

    assert await status(store, id) is DELIVERED
