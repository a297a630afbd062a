"""Long SMS from carriers: joined whatever the order, the repetitions and the crashes."""

import asyncio
import itertools
import random
from dataclasses import replace
from functools import partial

import msgspec
import pytest

from postroom.channels.sms.receive import Arrival
from postroom.channels.sms.reception import joined
from postroom.directory import provisioning
from postroom.model.extension import ExtensionStatus
from postroom.model.traffic import InboundSms
from postroom.store import parts as stored
from postroom.store.database import Store, StoreSettings
from postroom.transports import TemporaryFailure
from tests.channels.frontier import BEN, OUTSIDE, PARTS, Frontier, frontier, parts, sms

LONG = "".join(f"{n:03} " for n in range(180))
"""Five parts, all different."""
TIMEOUT_MS = 300_000


@pytest.fixture
async def here(store: Store) -> Frontier:
    return await frontier(store)


async def test_the_parts_of_a_long_message_become_one(here: Frontier) -> None:
    await here.bring(*parts(LONG))

    assert await here.received() == [("102", LONG)]


async def test_five_parts_in_every_order_become_the_same_message(here: Frontier) -> None:
    orders = list(itertools.permutations(range(5)))

    async def bring(reference: int, order: tuple[int, ...]) -> None:
        came = parts(LONG, reference)
        for number in order:
            await here.border.receive(came[number])

    await asyncio.gather(*(bring(reference, order) for reference, order in enumerate(orders)))

    assert await here.received() == [("102", LONG)] * len(orders)


async def test_parts_that_come_twice_before_and_after_change_nothing(here: Frontier) -> None:
    came = parts(LONG)
    chance = random.Random(4711)

    for _ in range(20):
        shuffled = chance.sample(came * 2, 10)
        await here.bring(*shuffled)
    here.clock.now += TIMEOUT_MS
    await here.reassembly().step()

    assert await here.received() == [("102", LONG)]


async def test_interleaved_messages_are_kept_apart(here: Frontier) -> None:
    of = [
        parts(LONG, 1),
        parts(LONG.replace("0", "a"), 2),
        parts(LONG.replace("0", "b"), 1, sender="+14155550124"),
        parts(LONG.replace("0", "c"), 1, to="+16505550101"),
    ]

    await here.bring(*itertools.chain.from_iterable(zip(*of, strict=True)))

    texts = [LONG, *(LONG.replace("0", letter) for letter in "abc")]
    assert sorted(text for _, text in await here.received()) == sorted(texts)


async def test_two_nodes_file_one_message_once(
    here: Frontier, store_settings: StoreSettings
) -> None:
    other = Store(store_settings)
    await other.open()
    there = await frontier(other, seed=False)

    async def bring(came: list[InboundSms]) -> None:
        nodes = itertools.cycle((here, there))
        both = itertools.chain(zip(came, nodes, strict=False), zip(came[::-1], nodes, strict=False))
        await asyncio.gather(*(node.border.receive(part) for part, node in both))

    await asyncio.gather(*(bring(parts(LONG, reference)) for reference in range(20)))
    await asyncio.gather(here.reassembly().step(), there.reassembly().step())
    await other.close()

    assert await here.received() == [("102", LONG)] * 20


async def test_a_node_that_is_late_does_not_file_what_was_filed_and_brought_again(
    here: Frontier,
) -> None:
    came = parts(LONG)
    of = stored.set_of(here.account_id, came[0])
    await here.bring(*came[:-1])
    await here.store.transact(lambda: stored.put(here.account_id, came[-1], here.clock()))
    found = stored.free(await here.store.look(stored.FREE, **of._asdict()))
    late = Arrival(
        sender=of.sender,
        recipient=of.recipient,
        text=joined(found),
        parts=tuple(of.key(part.number) for part in found),
    )

    await here.border.join(of, anyway=False)
    await here.bring(*came)
    await here.border._arrive(here.account_id, late, of.carrier)

    assert await here.received() == [("102", LONG)]


async def test_a_surrogate_pair_that_a_careless_sender_cut_is_made_whole(here: Frontier) -> None:
    first, second = parts("ü" * 66 + "🎉" + "ü" * 20)
    octets = first.octets + second.octets
    cut = [replace(first, octets=octets[:134]), replace(second, octets=octets[134:])]

    await here.bring(cut[1], cut[0])

    assert await here.received() == [("102", "ü" * 66 + "🎉" + "ü" * 20)]


async def test_an_incomplete_message_is_delivered_as_far_as_it_came(here: Frontier) -> None:
    came = parts(LONG)
    await here.bring(came[0], came[1], came[4])

    here.clock.now += TIMEOUT_MS - 1
    early = await here.reassembly().step()
    here.clock.now += 1
    filed = await here.reassembly().step()

    text = "".join(part.octets.decode() for part in (came[0], came[1], came[4]))
    assert (early, filed) == (0, 1)
    assert await here.received() == [("102", text)]


async def test_a_part_that_comes_after_the_time_out_is_a_message_of_its_own(
    here: Frontier,
) -> None:
    came = parts(LONG)
    await here.bring(*came[:4])
    here.clock.now += TIMEOUT_MS
    await here.reassembly().step()
    await here.bring(came[4])
    here.clock.now += TIMEOUT_MS
    await here.reassembly().step()

    texts = [text for _, text in await here.received()]
    assert "".join(texts) == LONG
    assert len(texts) == 2


async def test_what_was_complete_at_a_crash_is_filed_afterwards(here: Frontier) -> None:
    for part in parts(LONG):
        await here.store.transact(partial(stored.put, here.account_id, part, 0))

    filed = await here.reassembly().step()

    assert filed == 1
    assert await here.received() == [("102", LONG)]


async def test_a_restart_loses_no_half_message(
    here: Frontier, store_settings: StoreSettings
) -> None:
    came = parts(LONG)
    await here.bring(*came[:3])
    again = Store(store_settings)
    await again.open()
    restarted = await frontier(again, seed=False)
    await restarted.bring(*came[3:])
    await again.close()

    assert await here.received() == [("102", LONG)]


async def test_a_sender_that_reuses_its_reference_number_loses_nothing(here: Frontier) -> None:
    same_beginning = LONG[:300] + LONG[300:].replace("1", "x")

    await here.bring(*parts(LONG), *parts(same_beginning))

    assert await here.received() == [("102", LONG), ("102", same_beginning)]


async def test_another_message_with_the_reference_of_an_unfinished_one_comes_again_later(
    here: Frontier,
) -> None:
    first, other = parts(LONG), parts(LONG.replace("0", "o"))
    await here.bring(first[0])

    with pytest.raises(TemporaryFailure):
        await here.bring(other[0])
    here.clock.now += TIMEOUT_MS
    await here.reassembly().step()
    await here.bring(*other)

    assert [text for _, text in await here.received()] == [
        first[0].octets.decode(),
        LONG.replace("0", "o"),
    ]


async def test_used_parts_are_forgotten_after_a_while(here: Frontier) -> None:
    await here.bring(*parts(LONG))
    kept = await here.store.fetch(PARTS)
    here.clock.now += 11 * 60_000
    await here.reassembly().step()

    assert len(kept) == 5
    assert await here.store.fetch(PARTS) == []


async def test_a_long_message_to_nobody_is_dropped_without_a_trace(here: Frontier) -> None:
    await here.bring(*parts(LONG, to="+16505550105"), *parts(LONG, to="+16505559999"))

    assert await here.received() == []
    assert await here.store.fetch(PARTS) == []


async def test_parts_of_an_extension_that_is_frozen_meanwhile_are_used_up(here: Frontier) -> None:
    came = parts(LONG)
    await here.bring(*came[:4])
    ben = (await here.company()).by_number["102"]
    frozen = msgspec.structs.replace(ben, status=ExtensionStatus.FROZEN)
    await provisioning.change_extension(here.store, frozen)

    here.clock.now += TIMEOUT_MS
    await here.reassembly().step()

    assert await here.received() == []
    assert {used for _, used in await here.store.fetch(PARTS)} == {1}


async def test_a_short_message_with_the_same_numbers_is_no_part(here: Frontier) -> None:
    came = parts(LONG, to=BEN, sender=OUTSIDE)
    await here.bring(*came[:2], sms("short"), *came[2:])

    assert await here.received() == [("102", "short"), ("102", LONG)]
