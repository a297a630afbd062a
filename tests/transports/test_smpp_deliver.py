import asyncio
from dataclasses import replace

import pytest

from postroom.model.traffic import Alphabet, InboundSms, Part, Report
from postroom.transports import PermanentFailure, TemporaryFailure
from postroom.transports.smpp.fields import Command, EsmClass, Tag
from postroom.transports.smpp.pdu import frame
from postroom.transports.smpp.status import Status
from tests.smsc import Smsc
from tests.transports.smpp_link import QUICK, linked
from tests.transports.smpp_pdus import submission


async def test_an_inbound_message_is_handed_on() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        status = await smsc.deliver("Hallo, Welt".encode("utf-16-be"), data_coding=8)

        assert status == Status.ROK
        assert carrier.inbox.messages == [
            InboundSms(
                carrier="acme",
                sender="+14155550123",
                recipient="+16505550101",
                octets="Hallo, Welt".encode("utf-16-be"),
                alphabet=Alphabet.UCS2,
            )
        ]


async def test_parts_are_handed_on_one_by_one() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        for number in (2, 1):
            header = bytes((5, 0, 3, 9, 2, number))
            await smsc.deliver(header + b"part", esm_class=EsmClass.UDH)

        assert [sms.part for sms in carrier.inbox.messages] == [
            Part(reference=9, total=2, number=2),
            Part(reference=9, total=2, number=1),
        ]


async def test_a_data_sm_is_taken_like_a_deliver_sm() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        status = await smsc.deliver(
            b"", tlvs={Tag.MESSAGE_PAYLOAD: b"Hello"}, command=Command.DATA_SM
        )

        assert status == Status.ROK
        assert carrier.inbox.messages[0].octets == b"Hello"
        assert smsc.seen[-1].command == Command.DATA_SM_RESP


async def test_nothing_is_answered_before_it_is_durable() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        carrier.inbox.gate.clear()
        delivering = asyncio.create_task(smsc.deliver(b"Hello"))
        await smsc.until(lambda: carrier.inbox.arrived == 1)
        await smsc.request(Command.ENQUIRE_LINK)
        answered_early = delivering.done()
        carrier.inbox.gate.set()

        assert await delivering == Status.ROK
        assert not answered_early


async def test_many_are_under_way_at_the_same_time() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        carrier.inbox.gate.clear()
        delivering = [asyncio.create_task(smsc.deliver(b"Hello")) for _ in range(300)]
        await smsc.until(lambda: carrier.inbox.arrived == 300)
        carrier.inbox.gate.set()

        assert set(await asyncio.gather(*delivering)) == {Status.ROK}


async def test_what_waits_is_bounded_and_the_rest_is_to_come_again() -> None:
    async with Smsc() as smsc, linked(smsc, replace(QUICK, deliveries=2)) as carrier:
        carrier.inbox.gate.clear()
        delivering = [asyncio.create_task(smsc.deliver(b"Hello")) for _ in range(10)]
        await smsc.until(lambda: carrier.counters.turned_away == 4)
        under_way = carrier.inbox.arrived
        carrier.inbox.gate.set()
        statuses = await asyncio.gather(*delivering)

        assert under_way == 2
        assert statuses == [Status.ROK] * 6 + [Status.RX_T_APPN] * 4
        assert len(carrier.inbox.messages) == 6


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (TemporaryFailure("busy"), Status.RX_T_APPN),
        (PermanentFailure("unknown"), Status.RX_P_APPN),
        (RuntimeError("a mistake of ours"), Status.RX_T_APPN),
    ],
)
async def test_what_was_not_taken_is_answered_so(problem: Exception, status: int) -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        carrier.inbox.judge = lambda _: problem
        refused = await smsc.deliver(b"Hello")
        carrier.inbox.judge = lambda _: None

        assert refused == status
        assert await smsc.deliver(b"Hello") == Status.ROK


async def test_answers_leave_in_the_order_of_the_commits() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        carrier.inbox.gate.clear()
        slow = asyncio.create_task(smsc.deliver(b"slow"))
        await smsc.until(lambda: carrier.inbox.arrived == 1)
        gate, carrier.inbox.gate = carrier.inbox.gate, asyncio.Event()
        carrier.inbox.gate.set()
        quick = await smsc.deliver(b"quick")
        overtaken = not slow.done()
        gate.set()

        assert quick == await slow == Status.ROK
        assert overtaken


async def test_a_receipt_may_come_before_the_answer_and_twice() -> None:
    async with Smsc(receipts="both") as smsc, linked(smsc) as carrier:
        submitted = await carrier.submit(submission())
        await smsc.until(lambda: len(carrier.inbox.reports) == 2)

        assert [report.id for report in carrier.inbox.reports] == list(submitted.ids) * 2


async def test_a_receipt_tells_what_became_of_which_message() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        status = await smsc.receipt("00A1", state="UNDELIV", error="001")

        [report] = carrier.inbox.reports
        assert status == Status.ROK
        assert (report.id, report.report) == ("00A1", Report.FAILED)
        assert (report.sender, report.recipient) == ("+16505550101", "+14155550123")
        assert report.delivery_error == "SMS-CAR-411"


async def test_a_receipt_that_names_no_message_is_answered_and_counted() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        status = await smsc.deliver(b"what?", esm_class=EsmClass.DELIVERY_RECEIPT)

        assert status == Status.ROK
        assert carrier.counters.unreadable == 1
        assert carrier.inbox.traffic == []


async def test_a_body_that_cannot_be_read_is_refused_and_the_session_goes_on() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        smsc.write(frame(Command.DELIVER_SM, 700, b"\xff" * 300))
        await smsc.until(lambda: any(pdu.sequence == 700 for pdu in smsc.seen))

        [answer] = [pdu for pdu in smsc.seen if pdu.sequence == 700]
        assert (answer.command, answer.status) == (Command.DELIVER_SM_RESP, Status.RINVCMDLEN)
        assert await smsc.deliver(b"Hello") == Status.ROK
        assert carrier.counters.turned_away == 1


async def test_an_answer_for_a_lost_connection_is_dropped() -> None:
    async with Smsc() as smsc, linked(smsc) as carrier:
        carrier.inbox.gate.clear()
        delivering = asyncio.create_task(smsc.deliver(b"Hello"))
        await smsc.until(lambda: carrier.inbox.arrived == 1)
        smsc.drop()
        await smsc.until(lambda: carrier.counters.binds == 2)
        carrier.inbox.gate.set()

        with pytest.raises(ConnectionError):
            await delivering
        assert await smsc.deliver(b"Hello again") == Status.ROK
        assert len(carrier.inbox.messages) == 2
