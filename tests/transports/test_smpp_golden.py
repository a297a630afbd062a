from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postroom.model.segments import decode
from postroom.model.traffic import Alphabet, DeliveryReport, InboundSms, Part, Report
from postroom.transports.smpp import inbound, outbound
from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pdu import Bind, frame
from postroom.transports.smpp.settings import LongMessages
from postroom.transports.smpp.status import Status
from tests.transports.smpp_pdus import SETTINGS, golden, read, read_message, submission

GOLDEN = golden()


def submits(text: str, first_sequence: int, long: LongMessages = "udh8") -> list[bytes]:
    bodies = outbound.bodies(submission(text), replace(SETTINGS, long_messages=long))
    return [
        frame(Command.SUBMIT_SM, sequence, body)
        for sequence, body in enumerate(bodies, first_sequence)
    ]


@pytest.mark.parametrize(
    "command", [Command.BIND_TRANSCEIVER, Command.BIND_TRANSMITTER, Command.BIND_RECEIVER]
)
def test_a_bind_is_written_to_the_letter(command: Command) -> None:
    body = codec.encode(command, Bind(system_id="postroom", password="secret"))

    assert frame(command, 1, body) == GOLDEN[command.name.lower()]
    assert codec.read_bind(read(GOLDEN[command.name.lower()])).password == "secret"


def test_gsm7_is_written_unpacked_with_escapes() -> None:
    assert submits("€ {H}", 2) == [GOLDEN["submit_sm_gsm7"]]


def test_ucs2_is_written_big_endian_with_surrogate_pairs() -> None:
    assert submits("Привет 👋", 3) == [GOLDEN["submit_sm_ucs2"]]


@pytest.mark.parametrize(("long", "first_sequence"), [("udh8", 4), ("udh16", 6), ("sar", 8)])
def test_a_long_message_is_written_in_segments(long: LongMessages, first_sequence: int) -> None:
    written = submits("a" * 200, first_sequence, long)

    assert written == [GOLDEN[f"submit_sm_{long}_1"], GOLDEN[f"submit_sm_{long}_2"]]


def test_a_long_message_is_written_whole_as_payload() -> None:
    assert submits("a" * 200, 10, "payload") == [GOLDEN["submit_sm_payload"]]


def test_answers_and_requests_without_a_body_are_written_to_the_letter() -> None:
    assert frame(Command.DELIVER_SM_RESP, 20, b"\0") == GOLDEN["deliver_sm_resp"]
    assert frame(Command.ENQUIRE_LINK, 30) == GOLDEN["enquire_link"]
    assert frame(Command.ENQUIRE_LINK_RESP, 30) == GOLDEN["enquire_link_resp"]
    assert frame(Command.UNBIND, 31) == GOLDEN["unbind"]
    assert frame(Command.UNBIND_RESP, 31) == GOLDEN["unbind_resp"]
    nack = frame(Command.GENERIC_NACK, 0, status=Status.RINVCMDLEN)
    assert nack == GOLDEN["generic_nack"]


def test_the_answer_to_a_submission_names_its_id() -> None:
    pdu = read(GOLDEN["submit_sm_resp"])

    assert (pdu.command, pdu.sequence, pdu.status) == (Command.SUBMIT_SM_RESP, 2, Status.ROK)
    assert codec.read_message_id(pdu) == "0A1B2C3D"


def test_a_negative_answer_has_no_body() -> None:
    pdu = read(GOLDEN["submit_sm_resp_throttled"])

    assert pdu.status == Status.RTHROTTLED
    assert codec.read_message_id(pdu) == ""


def test_an_inbound_message_is_read() -> None:
    traffic = inbound.traffic(read_message(GOLDEN["deliver_sm_text"]), SETTINGS)

    assert traffic == InboundSms(
        carrier="acme",
        sender="+14155550123",
        recipient="+16505550101",
        octets=b"Hello \x021",
        alphabet=Alphabet.GSM7,
    )
    assert decode(traffic.octets, traffic.alphabet) == "Hello $1"


def test_a_part_of_an_inbound_message_is_read() -> None:
    traffic = inbound.traffic(read_message(GOLDEN["deliver_sm_udh16"]), SETTINGS)

    assert isinstance(traffic, InboundSms)
    assert traffic.part == Part(reference=0x1234, total=3, number=1)
    assert decode(traffic.octets, traffic.alphabet) == "Привет 👋"


def test_a_receipt_is_read_with_the_addresses_of_the_message() -> None:
    traffic = inbound.traffic(read_message(GOLDEN["deliver_sm_receipt"]), SETTINGS)

    assert traffic == DeliveryReport(
        carrier="acme",
        id="0A1B2C3D",
        report=Report.FAILED,
        sender="+16505550101",
        recipient="+14155550123",
        delivery_error="SMS-CAR-412",
        done_at=datetime(2026, 1, 5, 12, 1, 30, tzinfo=UTC),
    )


def test_a_data_sm_is_read_from_its_payload() -> None:
    traffic = inbound.traffic(read_message(GOLDEN["data_sm_payload"]), SETTINGS)

    assert isinstance(traffic, InboundSms)
    assert decode(traffic.octets, traffic.alphabet) == "café"
