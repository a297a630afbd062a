import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from postroom.model.receipts import spellings
from postroom.model.traffic import Traffic
from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp import receipt
from postroom.transports.smpp.counters import Counters
from postroom.transports.smpp.deliveries import Deliveries
from postroom.transports.smpp.fields import ANSWER, FIELDS, Command
from postroom.transports.smpp.pace import Pace
from postroom.transports.smpp.pdu import LONGEST, Malformed, Pdu, ShortMessage, Unframed, frame
from postroom.transports.smpp.session import Session
from postroom.transports.smpp.window import Window
from tests.transports.smpp_pdus import SETTINGS, golden
from tests.transports.smpp_wire import Wire

OCTET = st.integers(0, 255)
ADDRESS = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=20)
TLVS = st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=300), max_size=8)
MESSAGES = st.builds(
    ShortMessage,
    source_addr_ton=OCTET,
    source_addr=ADDRESS,
    dest_addr_ton=OCTET,
    destination_addr=ADDRESS,
    esm_class=OCTET,
    data_coding=OCTET,
    short_message=st.binary(max_size=254),
    tlvs=TLVS,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A golden PDU with some octets overwritten, inserted or lost."""
    octets = bytearray(draw(st.sampled_from(sorted(golden().values()))))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(octets)))
        octets[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    return bytes(octets)


REQUESTS = st.builds(
    frame,
    st.sampled_from([Command.DELIVER_SM, Command.DATA_SM]),
    st.integers(0, 0xFFFFFFFF),
    st.one_of(st.binary(max_size=400), MESSAGES.map(lambda m: codec.encode(Command.DELIVER_SM, m))),
)
OTHERS = st.builds(
    frame,
    st.one_of(st.sampled_from(Command), st.integers(0, 0xFFFFFFFF)),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=50),
    st.integers(0, 0xFFFFFFFF),
)


@given(MESSAGES)
def test_what_is_written_is_read_back(message: ShortMessage) -> None:
    pdu = Pdu(
        command=Command.DELIVER_SM, sequence=1, body=codec.encode(Command.DELIVER_SM, message)
    )

    assert codec.read_short_message(pdu) == message


@given(st.sampled_from(sorted(FIELDS)), st.binary(max_size=600))
def test_any_body_is_read_or_refused(command: Command, body: bytes) -> None:
    pdu = Pdu(command=command, sequence=1, body=body)
    readers: dict[Command, Any] = dict.fromkeys(
        (Command.SUBMIT_SM, Command.DELIVER_SM, Command.DATA_SM), codec.read_short_message
    )
    with suppress(Malformed):
        assert readers.get(command, codec.read_message_id)(pdu) is not None


@given(st.lists(st.one_of(st.binary(max_size=100), damaged()), max_size=10))
def test_any_stream_is_framed_or_lost_and_nothing_piles_up(chunks: list[bytes]) -> None:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        try:
            for pdu in codec.frames(buffer):
                assert len(pdu.body) <= LONGEST
        except Unframed:
            return
        assert len(buffer) <= max(LONGEST, len(chunk))


@given(st.text(max_size=300), TLVS)
def test_any_receipt_is_read(text: str, tlvs: dict[int, bytes]) -> None:
    read = receipt.parse(text, tlvs)

    assert len(read.id) <= 256
    assert spellings(read.id)


@given(st.lists(st.one_of(REQUESTS, OTHERS), max_size=12))
def test_a_session_answers_every_delivery_once_whatever_else_comes(pdus: list[bytes]) -> None:
    wire = asyncio.run(hold(pdus))

    asked = [
        (pdu.command | ANSWER, pdu.sequence)
        for pdu in codec.frames(bytearray(b"".join(pdus)))
        if pdu.command in (Command.DELIVER_SM, Command.DATA_SM)
    ]
    answered = [
        (pdu.command, pdu.sequence)
        for pdu in wire.answers()
        if pdu.command in (Command.DELIVER_SM_RESP, Command.DATA_SM_RESP)
    ]
    unbound = any(pdu[4:8] == Command.UNBIND.to_bytes(4) for pdu in pdus)
    assert sorted(answered) == sorted(asked) or (unbound and wire.is_closing())


@given(st.lists(st.one_of(damaged(), st.binary(max_size=100), REQUESTS), max_size=12))
def test_a_session_survives_or_closes_whatever_octets_come(chunks: list[bytes]) -> None:
    wire = asyncio.run(hold(chunks))

    assert wire.answers() is not None


async def hold(chunks: list[bytes]) -> Wire:
    """Hold a session over these octets, until everything is answered."""
    settings = replace(SETTINGS, leave_timeout=0.0)
    loop, counters, wire = asyncio.get_running_loop(), Counters(), Wire()
    deliveries = Deliveries(settings, take, counters)
    window = Window(settings, Pace(settings.rate, loop.time()), counters)
    session = Session(settings, window, deliveries)
    session.connection_made(wire)
    for chunk in chunks:
        if not wire.is_closing():
            session.data_received(chunk)
    await deliveries.drained()
    await asyncio.sleep(0)
    session.connection_lost(None)
    assert session.closed.done()
    return wire


async def take(traffic: Traffic) -> None:
    """Everything is taken."""
