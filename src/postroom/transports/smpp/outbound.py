"""How a submission becomes the bodies of its `submit_sm`, one per segment."""

from collections.abc import Callable
from typing import Final

from postroom.model import segments
from postroom.model.segments import Segments
from postroom.model.traffic import Alphabet, Part, Submission
from postroom.transports.smpp import addresses, pdu, udh
from postroom.transports.smpp.fields import Command, EsmClass, Tag
from postroom.transports.smpp.pdu import ShortMessage
from postroom.transports.smpp.settings import LongMessages, SmppSettings

MOST_SEGMENTS: Final = 255
UCS2_CODING: Final = 8
DEFAULT_CODING: Final = 0

_HEADERS: Final[dict[LongMessages, int]] = {
    "udh8": segments.UDH8_OCTETS,
    "udh16": segments.UDH16_OCTETS,
    "sar": segments.UDH8_OCTETS,
    "payload": segments.UDH8_OCTETS,
}
_CODECS: Final = {Alphabet.LATIN1: "latin-1", Alphabet.ASCII: "ascii"}

Content = tuple[int, bytes, dict[int, bytes]]
"""The bits of `esm_class`, the short message and the TLVs that one segment adds."""


def bodies(submission: Submission, settings: SmppSettings) -> list[bytes]:
    """The octets behind the header of each `submit_sm`, in order.

    The same submission always gives the same ones.  Raises `ValueError` when it cannot be put
    into a PDU.
    """
    coding, pieces, reference = _cut(submission, settings)
    return [
        _body(submission, settings, coding, content)
        for content in _contents(pieces, reference, settings.long_messages)
    ]


def _cut(submission: Submission, settings: SmppSettings) -> tuple[int, tuple[bytes, ...], int]:
    header = _HEADERS[settings.long_messages]
    reference = segments.reference_of(submission.message_id)
    cut = segments.cut(submission.text, reference, header=header)
    if cut.alphabet is Alphabet.GSM7:
        pieces = _in_default_alphabet(cut, settings.default_alphabet)
        if pieces is not None:
            return DEFAULT_CODING, pieces, reference
        cut = segments.cut(submission.text, reference, header=header, alphabet=Alphabet.UCS2)
    return UCS2_CODING, cut.octets, reference


def _in_default_alphabet(cut: Segments, alphabet: Alphabet) -> tuple[bytes, ...] | None:
    """The same segments in the SMSC's default alphabet, if it has their characters."""
    if alphabet is Alphabet.GSM7:
        return cut.octets
    codec = _CODECS[alphabet]
    try:
        return tuple(segments.decode(piece, Alphabet.GSM7).encode(codec) for piece in cut.octets)
    except UnicodeEncodeError:
        return None


def _contents(pieces: tuple[bytes, ...], reference: int, long: LongMessages) -> list[Content]:
    if len(pieces) == 1:
        return [(0, pieces[0], {})]
    if long == "payload":
        return [(0, b"", {Tag.MESSAGE_PAYLOAD: b"".join(pieces)})]
    if len(pieces) > MOST_SEGMENTS:
        raise ValueError(f"{len(pieces)} segments are more than {MOST_SEGMENTS}")
    content = _CONTENTS[long]
    parts = (
        Part(reference=reference, total=len(pieces), number=number)
        for number in range(1, len(pieces) + 1)
    )
    return [content(part, piece) for part, piece in zip(parts, pieces, strict=True)]


def _with_udh8(part: Part, piece: bytes) -> Content:
    return EsmClass.UDH, udh.header(part, udh.CONCATENATED_8) + piece, {}


def _with_udh16(part: Part, piece: bytes) -> Content:
    return EsmClass.UDH, udh.header(part, udh.CONCATENATED_16) + piece, {}


def _with_sar(part: Part, piece: bytes) -> Content:
    tlvs = {
        Tag.SAR_MSG_REF_NUM: part.reference.to_bytes(2),
        Tag.SAR_TOTAL_SEGMENTS: part.total.to_bytes(1),
        Tag.SAR_SEGMENT_SEQNUM: part.number.to_bytes(1),
    }
    return 0, piece, {int(tag): value for tag, value in tlvs.items()}


_CONTENTS: Final[dict[LongMessages, Callable[[Part, bytes], Content]]] = {
    "udh8": _with_udh8,
    "udh16": _with_udh16,
    "sar": _with_sar,
}


def _body(submission: Submission, settings: SmppSettings, coding: int, content: Content) -> bytes:
    esm_class, octets, tlvs = content
    source = addresses.outbound(submission.sender, settings.source_ton, settings.source_npi)
    dest = addresses.outbound(submission.recipient, settings.dest_ton, settings.dest_npi)
    message = ShortMessage(
        service_type=settings.service_type,
        source_addr_ton=source[0],
        source_addr_npi=source[1],
        source_addr=source[2],
        dest_addr_ton=dest[0],
        dest_addr_npi=dest[1],
        destination_addr=dest[2],
        esm_class=esm_class,
        registered_delivery=1,
        data_coding=coding,
        short_message=octets,
        tlvs=tlvs,
    )
    return pdu.encode(Command.SUBMIT_SM, message)
