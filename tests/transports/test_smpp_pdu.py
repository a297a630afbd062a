import pytest

from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import Command, Tag
from postroom.transports.smpp.pdu import LONGEST, Malformed, Pdu, ShortMessage, Unframed, frame
from postroom.transports.smpp.status import Status
from tests.transports.smpp_pdus import golden


def deliver(body: bytes) -> Pdu:
    return Pdu(command=Command.DELIVER_SM, sequence=1, body=body)


def written(message: ShortMessage) -> bytes:
    return codec.encode(Command.DELIVER_SM, message)


def test_pdus_come_out_whole_however_the_stream_is_cut() -> None:
    octets = b"".join(golden().values())
    buffer = bytearray()
    found: list[Pdu] = []

    for octet in octets:
        buffer.append(octet)
        found += codec.frames(buffer)

    assert found == list(codec.frames(bytearray(octets)))
    assert len(found) == len(golden())
    assert not buffer


def test_what_is_incomplete_stays_in_the_buffer() -> None:
    buffer = bytearray(frame(Command.ENQUIRE_LINK, 1) + frame(Command.UNBIND, 2)[:15])

    assert [pdu.command for pdu in codec.frames(buffer)] == [Command.ENQUIRE_LINK]
    assert len(buffer) == 15


@pytest.mark.parametrize("length", [0, 1, 15, LONGEST + 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_an_impossible_length_loses_the_frame(length: int) -> None:
    buffer = bytearray(frame(Command.ENQUIRE_LINK, 1) + length.to_bytes(4) + bytes(12))
    pdus = codec.frames(buffer)

    assert next(pdus).command == Command.ENQUIRE_LINK
    with pytest.raises(Unframed):
        next(pdus)


def test_an_impossible_length_is_noticed_before_anything_behind_it_came() -> None:
    with pytest.raises(Unframed):
        list(codec.frames(bytearray.fromhex("ffffffff")))


def test_tlvs_come_back_and_the_first_of_a_tag_counts() -> None:
    body = written(ShortMessage(tlvs={Tag.MESSAGE_STATE: b"\2", 0x1400: b"vendor"}))
    again = body + bytes.fromhex("0427 0001 05")

    assert codec.read_short_message(deliver(again)).tlvs == {
        Tag.MESSAGE_STATE: b"\2",
        0x1400: b"vendor",
    }


@pytest.mark.parametrize("padding", [1, 2, 3])
def test_padding_behind_the_body_is_passed_over(padding: int) -> None:
    body = written(ShortMessage(short_message=b"Hello")) + bytes(padding)

    assert codec.read_short_message(deliver(body)).short_message == b"Hello"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", Status.RINVCMDLEN),
        (b"\0\1\1" + b"1" * 300, Status.RINVCMDLEN),
        (written(ShortMessage())[:-1] + b"\x05abc", Status.RINVMSGLEN),
        (written(ShortMessage()) + bytes.fromhex("0424 ffff 00"), Status.RINVOPTPARSTREAM),
        (written(ShortMessage()) + bytes.fromhex("14000000") * 10_000, Status.RINVOPTPARSTREAM),
    ],
)
def test_a_body_that_cannot_be_read_says_why(body: bytes, status: Status) -> None:
    with pytest.raises(Malformed) as malformed:
        codec.read_short_message(deliver(body))

    assert malformed.value.status == status


def test_as_many_tlvs_as_allowed_are_read() -> None:
    tlvs = {0x1400 + number: b"" for number in range(codec.MOST_TLVS)}

    assert codec.read_short_message(deliver(written(ShortMessage(tlvs=tlvs)))).tlvs == tlvs


@pytest.mark.parametrize(
    "message",
    [
        ShortMessage(source_addr="1" * 21),
        ShortMessage(destination_addr="12\x0034"),
        ShortMessage(source_addr="Ж"),
        ShortMessage(short_message=bytes(255)),
    ],
)
def test_what_does_not_fit_a_field_is_never_written(message: ShortMessage) -> None:
    with pytest.raises(ValueError):
        codec.encode(Command.SUBMIT_SM, message)


@pytest.mark.parametrize(
    ("body", "id"),
    [(b"", ""), (b"\0", ""), (b"abc\0", "abc"), (b"abc", "abc"), (b"abc\0\x04\x24\xff", "abc")],
)
def test_the_id_of_an_answer_is_read_whatever_its_body(body: bytes, id: str) -> None:
    pdu = Pdu(command=Command.SUBMIT_SM_RESP, sequence=1, body=body)

    assert codec.read_message_id(pdu) == id
