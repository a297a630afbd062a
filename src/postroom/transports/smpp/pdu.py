"""PDUs from octets and back, by the tables of `fields`; anything may come in.

    octets  0-3   4-7         8-11            12-15            16-
            length command_id command_status  sequence_number  fields, then TLVs

We write to the letter and read with patience: an answer is never refused for its body, since the
message it answers has been taken.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from postroom.transports.smpp.fields import ANSWER, FIELDS, READ_LIMIT, Command, Field, Kind
from postroom.transports.smpp.status import Status

HEADER: Final = struct.Struct(">IIII")
LONGEST: Final = 0x1_1000
"""The longest PDU taken: a `message_payload` of 65,535 octets, with room around it."""
MOST_TLVS: Final = 256
_TLV: Final = struct.Struct(">HH")

Value = int | str | bytes
Reader = Callable[[bytes, int], tuple[Value, int]]


class Malformed(Exception):
    """The body of a PDU cannot be read; `status` is what to answer."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


class Unframed(Exception):
    """The stream has lost its frame: nothing behind `command_length` can be trusted."""


class Pdu(Struct, frozen=True, kw_only=True):
    """One PDU, its body still in octets; `command` is an `int` when we do not know it."""

    command: int
    status: int = 0
    sequence: int
    body: bytes = b""

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request of ours."""
        return bool(self.command & ANSWER)


class Bind(Struct, frozen=True, kw_only=True):
    """The body of `bind_transceiver`, `bind_transmitter` and `bind_receiver`."""

    system_id: str = ""
    password: str = ""
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


class ShortMessage(Struct, frozen=True, kw_only=True):
    """The body of `submit_sm`, `deliver_sm` and `data_sm` (which has fewer of these fields)."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: Mapping[int, bytes] = {}


def frame(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A whole PDU in octets."""
    return HEADER.pack(16 + len(body), command, status, sequence) + body


def frames(buffer: bytearray) -> Iterator[Pdu]:
    """Take every complete PDU off the front of `buffer`; the rest stays.

    Raises `Unframed` when a length is impossible.
    """
    start, end = 0, len(buffer)
    try:
        while end - start >= 4:
            length = int.from_bytes(buffer[start : start + 4])
            if not 16 <= length <= LONGEST:
                raise Unframed(f"command_length {length}")
            if end - start < length:
                return
            _, command, status, sequence = HEADER.unpack_from(buffer, start)
            body = bytes(buffer[start + 16 : start + length])
            start += length
            yield Pdu(command=command, status=status, sequence=sequence, body=body)
    finally:
        del buffer[:start]


def encode(command: Command, body: Struct) -> bytes:
    """The octets of a body.

    Raises `ValueError` when a field does not fit.
    """
    parts = [_WRITERS[field.kind](field, getattr(body, field.name)) for field in FIELDS[command]]
    for tag, value in getattr(body, "tlvs", {}).items():
        parts.append(_TLV.pack(tag, len(value)) + value)
    return b"".join(parts)


def read_short_message(pdu: Pdu) -> ShortMessage:
    """The body of a `submit_sm`, `deliver_sm` or `data_sm`; raises `Malformed`."""
    fields, offset = _read_fields(pdu)
    return ShortMessage(**fields, tlvs=_read_tlvs(pdu.body, offset))  # type: ignore[arg-type]


def read_bind(pdu: Pdu) -> Bind:
    """The body of a bind request; raises `Malformed`."""
    fields, _ = _read_fields(pdu)
    return Bind(**fields)  # type: ignore[arg-type]


def read_message_id(pdu: Pdu) -> str:
    """The id in a `submit_sm_resp`; empty when there is none, whatever the body looks like."""
    return pdu.body[:READ_LIMIT].partition(b"\0")[0].decode("latin-1")


def _read_fields(pdu: Pdu) -> tuple[dict[str, Value], int]:
    values: dict[str, Value] = {}
    offset = 0
    for field in FIELDS[Command(pdu.command)]:
        values[field.name], offset = _READERS[field.kind](pdu.body, offset)
    return values, offset


def _read_tlvs(body: bytes, offset: int) -> dict[int, bytes]:
    """The TLVs, the first of each tag; up to 3 octets of padding behind them are passed over."""
    tlvs: dict[int, bytes] = {}
    for _ in range(MOST_TLVS + 1):
        if len(body) - offset < 4:
            return tlvs
        tag, length = _TLV.unpack_from(body, offset)
        offset += 4 + length
        if offset > len(body):
            break
        tlvs.setdefault(tag, body[offset - length : offset])
    raise Malformed(Status.RINVOPTPARSTREAM)


def _read_integer(body: bytes, offset: int) -> tuple[int, int]:
    if offset >= len(body):
        raise Malformed(Status.RINVCMDLEN)
    return body[offset], offset + 1


def _read_text(body: bytes, offset: int) -> tuple[str, int]:
    end = body.find(b"\0", offset, offset + READ_LIMIT)
    if end < 0:
        raise Malformed(Status.RINVCMDLEN)
    return body[offset:end].decode("latin-1"), end + 1


def _read_octets(body: bytes, offset: int) -> tuple[bytes, int]:
    length, offset = _read_integer(body, offset)
    if offset + length > len(body):
        raise Malformed(Status.RINVMSGLEN)
    return body[offset : offset + length], offset + length


def _write_integer(field: Field, value: int) -> bytes:
    return value.to_bytes(1)


def _write_text(field: Field, value: str) -> bytes:
    octets = value.encode("latin-1")
    if len(octets) >= field.most or 0 in octets:
        raise ValueError(f"{field.name} does not fit")
    return octets + b"\0"


def _write_octets(field: Field, value: bytes) -> bytes:
    if len(value) > field.most:
        raise ValueError(f"{field.name} does not fit")
    return len(value).to_bytes(1) + value


_READERS: Final[dict[Kind, Reader]] = {
    Kind.INTEGER: _read_integer,
    Kind.TEXT: _read_text,
    Kind.OCTETS: _read_octets,
}
_WRITERS: Final[dict[Kind, Callable[..., bytes]]] = {
    Kind.INTEGER: _write_integer,
    Kind.TEXT: _write_text,
    Kind.OCTETS: _write_octets,
}
