"""The simulated carrier: every number's fate, and the other phone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from postroom.model.traffic import DeliveryReport, Fate, InboundSms, Report, Traffic
from postroom.transports import TemporaryFailure
from postroom.transports.simulator import PLANS, Paces, Simulator
from tests.needs import ROOT
from tests.transports.smpp_pdus import submission

INSTANT = Paces(prompt=0.0, slow=0.0)


class Inbox:
    """Takes what the simulator brings; turns away the first ones if told to."""

    def __init__(self) -> None:
        self.traffic: asyncio.Queue[Traffic] = asyncio.Queue()
        self.refusals = 0

    async def receive(self, traffic: Traffic) -> None:
        if self.refusals:
            self.refusals -= 1
            raise TemporaryFailure
        self.traffic.put_nowait(traffic)

    async def report(self) -> DeliveryReport:
        async with asyncio.timeout(20):
            traffic = await self.traffic.get()
        assert isinstance(traffic, DeliveryReport)
        return traffic


class Running(Simulator):
    """A simulator that runs, with its inbox."""

    def __init__(self) -> None:
        super().__init__(paces=INSTANT)
        self.inbox = Inbox()


@pytest.fixture
async def simulator() -> AsyncIterator[Running]:
    simulator = Running()
    running = asyncio.create_task(simulator.run(simulator.inbox.receive))
    await asyncio.sleep(0)
    yield simulator
    running.cancel()
    await asyncio.wait((running,))


@pytest.mark.parametrize("recipient", ["+14155550123", "+14155550124", "+14155550008"])
async def test_an_ordinary_number_takes_it_and_reports_its_delivery(
    simulator: Running, recipient: str
) -> None:
    submitted = await simulator.submit(replace(submission(), recipient=recipient))

    report = await simulator.inbox.report()
    assert submitted.failure is None
    assert (report.id,) == submitted.ids
    assert (report.report, report.recipient) == (Report.DELIVERED, recipient)


async def test_each_segment_of_a_long_message_has_an_id_and_a_receipt(simulator: Running) -> None:
    submitted = await simulator.submit(submission("x" * 400))

    reports = [await simulator.inbox.report() for _ in range(3)]
    assert [report.id for report in reports] == list(submitted.ids)
    assert len(set(submitted.ids)) == 3


@pytest.mark.parametrize(
    ("ending", "fate", "error"),
    [
        ("0001", Fate.PERMANENT, "SMS-UP-410"),
        ("0002", Fate.TEMPORARY, "SMS-UP-500"),
        ("0007", Fate.UNCERTAIN, "SMS-UP-500"),
    ],
)
async def test_some_endings_are_refused(
    simulator: Running, ending: str, fate: Fate, error: str
) -> None:
    submitted = await simulator.submit(replace(submission(), recipient=f"+1415555{ending}"))

    assert submitted.ids == ()
    assert submitted.failure is not None
    assert (submitted.failure.fate, submitted.failure.delivery_error) == (fate, error)


async def test_what_was_throttled_is_taken_at_the_second_attempt(simulator: Running) -> None:
    throttled = replace(submission(), recipient="+14155550002")

    answers = [await simulator.submit(throttled) for _ in range(2)]

    assert [answer.failure is None for answer in answers] == [False, True]
    assert (await simulator.inbox.report()).report is Report.DELIVERED


async def test_an_undelivered_message_has_a_receipt_that_says_why(simulator: Running) -> None:
    await simulator.submit(replace(submission(), recipient="+14155550003"))

    report = await simulator.inbox.report()
    assert (report.report, report.delivery_error) == (Report.FAILED, "SMS-CAR-412")


async def test_the_receipt_can_come_before_the_answer(simulator: Running) -> None:
    await simulator.submit(replace(submission(), recipient="+14155550005"))

    assert simulator.inbox.traffic.qsize() == 1


async def test_some_never_report(simulator: Running) -> None:
    for recipient in ("+14155550001", "+14155550006"):
        await simulator.submit(replace(submission(), recipient=recipient))
    await simulator.submit(submission())

    assert (await simulator.inbox.report()).recipient == submission().recipient
    assert simulator.inbox.traffic.empty()


async def test_a_slow_receipt_takes_seconds_and_a_prompt_one_does_not() -> None:
    assert PLANS["0004"].is_slow
    assert PLANS["0007"].is_slow
    assert Paces().slow == 5.0
    assert Paces().prompt <= 0.3


async def test_a_lost_answer_is_followed_by_a_receipt(simulator: Running) -> None:
    await simulator.submit(replace(submission(), recipient="+14155550007"))

    assert (await simulator.inbox.report()).report is Report.DELIVERED


async def test_a_receipt_that_is_turned_away_comes_again(
    simulator: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.transports.simulator.AGAIN", 0.0)
    simulator.inbox.refusals = 3

    await simulator.submit(submission())

    assert (await simulator.inbox.report()).report is Report.DELIVERED


async def test_a_simulator_that_does_not_run_is_not_bound() -> None:
    simulator = Simulator()

    submitted = await simulator.submit(submission())

    assert (simulator.bound(), simulator.free()) == (False, 0)
    assert submitted.failure is not None
    assert submitted.failure.not_bound
    with pytest.raises(TemporaryFailure):
        await simulator.bring("+14155550123", "+16505550101", "Hello")


async def test_it_brings_an_sms_in_as_many_parts_as_it_takes(simulator: Running) -> None:
    await simulator.bring("+14155550123", "+16505550101", "short")
    await simulator.bring("+14155550123", "+16505550101", "ü" * 200 + "🎉")

    brought = [simulator.inbox.traffic.get_nowait() for _ in range(5)]
    messages = [traffic for traffic in brought if isinstance(traffic, InboundSms)]
    assert [m.part and (m.part.number, m.part.total) for m in messages] == [
        None,
        *((number, 4) for number in range(1, 5)),
    ]


def test_the_documented_table_has_every_ending() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text("utf-8")

    assert all(f"| `{ending}` |" in page for ending in PLANS)
