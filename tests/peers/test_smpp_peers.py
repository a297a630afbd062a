"""Our ESME against message centres that others wrote."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from postroom.model.receipts import fold, spellings
from postroom.model.segments import decode
from postroom.model.traffic import InboundSms, Part, Report
from postroom.transports import TemporaryFailure
from postroom.transports.smpp import SmppSettings
from postroom.transports.smpp.settings import BindMode, LongMessages
from postroom.transports.smpp.status import Status
from tests.peers.smsc_process import Event, ForeignSmsc, foreign_smsc, npm_smpp, smpp34
from tests.smsc import Smsc
from tests.transports.smpp_link import QUICK, Carrier, Inbox
from tests.transports.smpp_pdus import submission

PEERS = [npm_smpp, smpp34]
peers = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.__name__)
Peer = Callable[[], list[str]]


@asynccontextmanager
async def linked(
    peer: Peer, settings: SmppSettings = QUICK
) -> AsyncIterator[tuple[ForeignSmsc, Carrier]]:
    async with foreign_smsc(peer()) as smsc:
        carrier = Carrier(replace(settings, port=smsc.port), Inbox())
        try:
            await Smsc().until(carrier.fully_bound)
            yield smsc, carrier
        finally:
            await carrier.stop()
        unbinds = await smsc.several("unbind", 1 if settings.bind == "transceiver" else 2)
        assert unbinds


def joined(submits: list[Event]) -> str:
    """The text as the peer would show it: parts of one reference, in order."""
    parts = [submit["part"] for submit in submits]
    assert len({part[0] for part in parts}) == 1
    assert [part[1:] for part in parts] == [[len(parts), n + 1] for n in range(len(parts))]
    return "".join(submit["text"] for submit in submits)


@peers
@pytest.mark.parametrize("text", ["Hello @ $_ {€}", "Привет 👋", "a" * 160, "ж" * 70])
async def test_a_short_text_arrives_as_it_was_written(peer: Peer, text: str) -> None:
    async with linked(peer) as (smsc, carrier):
        submitted = await carrier.submit(submission(text))
        submit = await smsc.next("submit")

        assert submit["text"] == text
        assert submit["part"] is None
        assert (submit["source"], submit["destination"]) == ("16505550101", "14155550123")
        assert submitted.ids == (submit["id"],)


@peers
@pytest.mark.parametrize("long", ["udh8", "udh16", "sar"])
@pytest.mark.parametrize("text", ["a" * 152 + "€" * 200, "ж" * 66 + "👋" * 100])
async def test_a_long_text_arrives_in_readable_parts(
    peer: Peer, long: LongMessages, text: str
) -> None:
    async with linked(peer, replace(QUICK, long_messages=long)) as (smsc, carrier):
        submitted = await carrier.submit(submission(text))
        submits = await smsc.several("submit", len(submitted.ids))

        assert submitted.failure is None
        assert len(submits) > 2
        assert joined(submits) == text


@peers
async def test_a_long_text_arrives_whole_as_payload(peer: Peer) -> None:
    async with linked(peer, replace(QUICK, long_messages="payload")) as (smsc, carrier):
        submitted = await carrier.submit(submission("Hello {€} " * 50))
        submit = await smsc.next("submit")

        assert submitted.ids == (submit["id"],)
        assert submit["text"] == "Hello {€} " * 50


@pytest.mark.parametrize(
    ("peer", "bind"),
    # smpp34 as a server never sees the answers of a receiver, not even of its own client.
    [(npm_smpp, "transceiver"), (npm_smpp, "transmitter+receiver"), (smpp34, "transceiver")],
)
async def test_a_receipt_comes_back_and_is_matched(peer: Peer, bind: BindMode) -> None:
    async with linked(peer, replace(QUICK, bind=bind)) as (smsc, carrier):
        submitted = await carrier.submit(submission())
        answered = await smsc.next("receipt answered")

        [report] = carrier.inbox.reports
        assert answered["status"] == Status.ROK
        assert report.report is Report.DELIVERED
        assert fold(submitted.ids[0]) in spellings(report.id)
        assert (report.sender, report.recipient) == ("+16505550101", "+14155550123")


@peers
@pytest.mark.parametrize("text", ["Hello Ada", "Привет 👋"])
async def test_an_inbound_text_is_read(peer: Peer, text: str) -> None:
    async with linked(peer) as (smsc, carrier):
        smsc.tell("deliver", text=text, source="14155550123", destination="16505550101")
        answered = await smsc.next("answered")

        [sms] = carrier.inbox.messages
        assert answered["status"] == Status.ROK
        assert decode(sms.octets, sms.alphabet) == text
        assert (sms.sender, sms.recipient) == ("+14155550123", "+16505550101")


@peers
async def test_an_inbound_part_is_read(peer: Peer) -> None:
    async with linked(peer) as (smsc, carrier):
        numbers = {"source": "14155550123", "destination": "16505550101"}
        smsc.tell("deliver", text="one", udh="050003070201", **numbers)
        smsc.tell("deliver", text="two", udh="06080401020202", **numbers)
        await smsc.several("answered", 2)

        found = {sms.octets: sms.part for sms in carrier.inbox.messages}
        assert found == {
            b"one": Part(reference=7, total=2, number=1),
            b"two": Part(reference=0x102, total=2, number=2),
        }


@peers
async def test_what_was_not_taken_is_told_to_the_message_centre(peer: Peer) -> None:
    async with linked(peer) as (smsc, carrier):
        carrier.inbox.judge = lambda traffic: (
            TemporaryFailure("busy") if isinstance(traffic, InboundSms) else None
        )
        smsc.tell("deliver", text="Hello", source="14155550123", destination="16505550101")

        assert (await smsc.next("answered"))["status"] == Status.RX_T_APPN


@peers
async def test_a_throttling_message_centre_gets_it_again(peer: Peer) -> None:
    async with linked(peer) as (smsc, carrier):
        smsc.tell("throttle", times=2)
        await smsc.next("throttling")
        submitted = await carrier.submit(submission())
        submits = await smsc.several("submit", 3)

        assert submitted.ids == (submits[2]["id"],)
        assert [submit["status"] for submit in submits] == [0x58, 0x58, 0]


@peers
async def test_many_submissions_share_a_window(peer: Peer) -> None:
    async with linked(peer, replace(QUICK, window=50)) as (smsc, carrier):
        tasks = carrier.submit_all(*[submission(id=id) for id in range(200)])
        results = [await task for task in tasks]
        await smsc.several("receipt answered", 200)

        ids = [id for result in results for id in result.ids]
        assert len(set(ids)) == 200
        assert {report.id for report in carrier.inbox.reports} == set(ids)


async def test_a_wrong_password_is_told_with_its_code() -> None:
    async with foreign_smsc(npm_smpp()) as smsc:
        carrier = Carrier(replace(QUICK, password="wrong", port=smsc.port), Inbox())
        await smsc.several("bind", 2)
        await Smsc().until(lambda: carrier.last_error is not None)
        await carrier.stop()

        assert carrier.last_error == "ESME_RINVPASWD (0x0E)"
        assert not carrier.bound()


async def test_an_enquiry_of_another_hand_is_answered() -> None:
    async with linked(npm_smpp) as (smsc, _):
        smsc.tell("enquire")

        assert await smsc.next("alive")
