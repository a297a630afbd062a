import asyncio
from dataclasses import replace

import pytest

from postroom.model.traffic import Alphabet, Fate
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pdu import ShortMessage, frame
from postroom.transports.smpp.status import Status
from tests.smsc import Smsc
from tests.transports.smpp_link import QUICK, linked
from tests.transports.smpp_pdus import submission

LONG = "a" * 400


def refuse_from(number: int, status: int) -> "Refusing":
    return Refusing(range(number, 10**9), status)


class Refusing:
    """Refuses the submissions with these numbers, from 1."""

    def __init__(self, numbers: range, status: int) -> None:
        self.numbers, self.status, self.count = numbers, status, 0

    def __call__(self, message: ShortMessage) -> int:
        self.count += 1
        return self.status if self.count in self.numbers else Status.ROK


async def test_a_message_is_accepted_with_the_id_that_the_carrier_gave() -> None:
    async with Smsc(name=lambda n: f"{n:08X}") as smsc, linked(smsc) as carrier:
        submitted = await carrier.submit(submission("Hello"))

        assert submitted.ids == ("00000001",)
        assert submitted.failure is None
        assert smsc.submits[0].message.short_message == b"Hello"


async def test_a_long_message_has_an_id_per_segment_in_order() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        submitted = await carrier.submit(submission(LONG))

        assert submitted.ids == ("1", "2", "3")
        numbers = [submit.message.short_message[5] for submit in smsc.submits]
        assert numbers == [1, 2, 3]


async def test_a_retry_begins_behind_the_segments_that_were_taken() -> None:
    async with Smsc(judge=refuse_from(2, Status.RSYSERR)) as smsc, linked(smsc) as carrier:
        first = await carrier.submit(submission(LONG))
        smsc.judge = refuse_from(99, 0)
        second = await carrier.submit(submission(LONG, segments_done=len(first.ids)))

        assert first.failure
        assert (first.ids, first.failure.fate) == (("1",), Fate.TEMPORARY)
        assert (second.ids, second.failure) == (("3", "4"), None)
        headers = [submit.message.short_message[:6].hex() for submit in smsc.submits]
        assert headers[1] == headers[2]
        assert len({header[:8] for header in headers}) == 1


async def test_nothing_is_submitted_when_every_segment_was_taken_before() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        submitted = await carrier.submit(submission(LONG, segments_done=3))

        assert (submitted.ids, submitted.failure) == ((), None)
        assert smsc.submits == []


@pytest.mark.parametrize(
    ("status", "fate", "error"),
    [
        (Status.RINVDSTADR, Fate.PERMANENT, "SMS-UP-410"),
        (Status.RSYSERR, Fate.TEMPORARY, "SMS-UP-500"),
        (0x4A1, Fate.PERMANENT, "SMS-UP-500"),
    ],
)
async def test_a_negative_answer_decides_the_fate(status: int, fate: Fate, error: str) -> None:
    async with Smsc(judge=refuse_from(1, status)) as smsc, linked(smsc) as carrier:
        failure = (await carrier.submit(submission())).failure

        assert failure
        assert (failure.fate, failure.delivery_error) == (fate, error)
        assert len(smsc.submits) == 1


async def test_a_nack_is_a_negative_answer() -> None:
    async with Smsc(silent=True) as smsc, linked(smsc) as carrier:
        [sending] = carrier.submit_all(submission())
        await smsc.received(1)
        sequence = smsc.submits[0].sequence
        smsc.write(frame(Command.GENERIC_NACK, sequence, status=Status.RINVCMDLEN))

        failure = (await sending).failure
        smsc.silent = False
        assert failure
        assert failure.fate is Fate.PERMANENT


async def test_a_text_that_no_pdu_takes_fails_for_good_without_being_written() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        failure = (await carrier.submit(submission("ж" * 67 * 256))).failure

        assert failure
        assert (failure.fate, failure.delivery_error) == (Fate.PERMANENT, "SMS-UP-433")
        assert smsc.submits == []


@pytest.mark.parametrize("status", [Status.RTHROTTLED, Status.RMSGQFUL])
async def test_a_throttled_segment_is_tried_again_more_slowly(status: int) -> None:
    async with Smsc(judge=Refusing(range(2, 5), status)) as smsc, linked(smsc) as carrier:
        submitted = await carrier.submit(submission(LONG))

        assert (submitted.ids, submitted.failure) == (("1", "5", "6"), None)
        assert carrier.counters.throttled == 3
        assert [submit.message.short_message[5] for submit in smsc.submits] == [1, 2, 2, 2, 2, 3]


async def test_a_carrier_that_only_throttles_gets_the_message_back_to_the_outbox() -> None:
    async with Smsc(judge=refuse_from(1, Status.RTHROTTLED)) as smsc, linked(smsc) as carrier:
        failure = (await carrier.submit(submission())).failure

        assert failure
        assert failure.fate is Fate.TEMPORARY
        assert not failure.not_bound
        assert len(smsc.submits) == 1 + QUICK.throttle_retries


async def test_a_throttled_link_has_no_room() -> None:
    settings = replace(QUICK, throttle_pause=60.0)
    async with (
        Smsc(judge=refuse_from(1, Status.RTHROTTLED)) as smsc,
        linked(smsc, settings) as carrier,
    ):
        [sending] = carrier.submit_all(submission())
        await smsc.until(lambda: carrier.counters.throttled == 1)

        assert carrier.bound()
        assert carrier.free() == 0
        sending.cancel()


async def test_no_more_is_in_flight_than_the_window() -> None:
    async with (
        Smsc(holding=True) as smsc,
        linked(smsc, replace(QUICK, window=7)) as carrier,
    ):
        assert carrier.free() == 7
        sending = carrier.submit_all(*[submission()] * 20)
        await smsc.received(7)
        await smsc.request(Command.ENQUIRE_LINK)

        assert len(smsc.submits) == carrier.in_flight == 7
        assert carrier.free() == 0
        smsc.release()
        await asyncio.gather(*sending)
        assert len(smsc.submits) == 20


async def test_a_caller_that_stops_waiting_does_not_disturb_the_others() -> None:
    async with Smsc(holding=True) as smsc, linked(smsc, replace(QUICK, window=1)) as carrier:
        first, second, third = carrier.submit_all(*[submission()] * 3)
        await smsc.received(1)
        first.cancel()
        second.cancel()
        smsc.release()

        assert (await third).failure is None
        assert len(smsc.submits) == 2


async def test_what_the_rate_does_not_allow_yet_waits() -> None:
    settings = replace(QUICK, rate=0.001)
    async with Smsc() as smsc, linked(smsc, settings) as carrier:
        first, second = carrier.submit_all(*[submission()] * 2)
        await first
        await smsc.request(Command.ENQUIRE_LINK)

        assert len(smsc.submits) == 1
        assert not second.done()
        second.cancel()


async def test_no_more_is_invited_than_a_second_takes() -> None:
    async with Smsc() as smsc, linked(smsc, replace(QUICK, rate=5.0, window=100)) as carrier:
        assert carrier.free() == 5
        assert smsc.submits == []


async def test_an_answer_without_an_id_is_an_acceptance() -> None:
    async with Smsc(name=lambda _: "") as smsc, linked(smsc) as carrier:
        assert (await carrier.submit(submission())).ids == ("",)


async def test_what_was_done_is_counted() -> None:
    async with Smsc(judge=Refusing(range(2, 3), Status.RSYSERR)) as smsc, linked(smsc) as carrier:
        await carrier.submit(submission())
        await carrier.submit(submission())
        counters = carrier.counters

        assert (counters.submitted, counters.answered) == (2, 2)
        assert (counters.accepted, counters.refused) == (1, 1)
        assert counters.latency >= 0.0


async def test_another_default_alphabet_reaches_the_carrier() -> None:
    settings = replace(QUICK, default_alphabet=Alphabet.LATIN1)
    async with Smsc() as smsc, linked(smsc, settings) as carrier:
        await carrier.submit(submission("@"))

        assert smsc.submits[0].message.short_message == b"@"
