import asyncio
from dataclasses import replace

from postroom.model.traffic import Fate
from postroom.transports.smpp.fields import Command
from tests.smsc import Smsc
from tests.transports.smpp_link import QUICK, Carrier, linked
from tests.transports.smpp_pdus import submission

LONG = "a" * 400


async def test_a_connection_lost_in_mid_window_leaves_uncertain_only_what_was_written() -> None:
    async with (
        Smsc(holding=True) as smsc,
        linked(smsc, replace(QUICK, window=5)) as carrier,
    ):
        sending = carrier.submit_all(*[submission()] * 8)
        await smsc.received(5)
        smsc.drop()
        failures = [(await task).failure for task in sending]

        fates = [failure.fate for failure in failures if failure]
        assert fates == [Fate.UNCERTAIN] * 5 + [Fate.TEMPORARY] * 3
        assert [failure.not_bound for failure in failures if failure] == [False] * 5 + [True] * 3
        assert carrier.counters.uncertain == 5


async def test_nothing_is_lost_or_sent_twice_over_many_drops() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        dropping = asyncio.create_task(drop_often(smsc))
        outcomes = await asyncio.gather(
            *(persist(smsc, carrier, 50, first) for first in range(0, 500, 50))
        )
        dropping.cancel()

        accepted, uncertain = (sum(column) for column in zip(*outcomes, strict=True))
        assert carrier.counters.uncertain == uncertain
        assert carrier.counters.binds >= 50
        assert accepted <= len(smsc.submits) <= accepted + uncertain


async def persist(smsc: Smsc, carrier: Carrier, count: int, first: int) -> tuple[int, int]:
    """Submit until each is accepted or uncertain; how many of either."""
    accepted = uncertain = 0
    for id in range(first, first + count):
        while failure := (await carrier.submit(submission(id=id))).failure:
            if failure.fate is Fate.UNCERTAIN:
                uncertain += 1
                break
            await smsc.until(carrier.bound)
        else:
            accepted += 1
    return accepted, uncertain


async def drop_often(smsc: Smsc) -> None:
    while True:
        smsc.drop_after = 3
        await smsc.until(lambda: smsc.drop_after is None)


async def test_no_answer_in_time_leaves_it_uncertain() -> None:
    hurried = replace(QUICK, response_timeout=0.05)
    async with Smsc(holding=True) as smsc, linked(smsc, hurried) as carrier:
        failure = (await carrier.submit(submission())).failure
        smsc.release()
        await smsc.request(Command.ENQUIRE_LINK)

        assert failure
        assert failure.fate is Fate.UNCERTAIN
        assert carrier.in_flight == 0
        assert (await carrier.submit(submission())).ids == ("2",)


async def test_a_guard_that_says_no_keeps_everything_from_the_wire() -> None:
    ours = True
    settings = replace(QUICK, guard=lambda: ours)
    async with Smsc() as smsc, linked(smsc, settings) as carrier:
        before = await carrier.submit(submission())
        ours = False
        after = await carrier.submit(submission())

        assert before.failure is None
        assert after.failure
        assert (after.failure.fate, after.failure.not_bound) == (Fate.TEMPORARY, True)
        assert len(smsc.submits) == 1


async def test_the_guard_is_asked_for_each_segment_when_its_turn_comes() -> None:
    asked = 0

    def guard() -> bool:
        nonlocal asked
        asked += 1
        return asked <= 2

    async with Smsc() as smsc, linked(smsc, replace(QUICK, guard=guard)) as carrier:
        submitted = await carrier.submit(submission(LONG))

        assert submitted.ids == ("1", "2")
        assert submitted.failure
        assert submitted.failure.not_bound
        assert len(smsc.submits) == 2
