"""How a `deliver_sm` or `data_sm` becomes traffic."""

from typing import Final

from postroom.model import segments
from postroom.model.traffic import Alphabet, DeliveryReport, InboundSms, Part, Traffic
from postroom.transports.smpp import addresses, receipt, udh
from postroom.transports.smpp.fields import EsmClass, Tag
from postroom.transports.smpp.pdu import ShortMessage
from postroom.transports.smpp.settings import SmppSettings

RECEIPTS: Final = frozenset(
    {
        EsmClass.DELIVERY_RECEIPT,
        EsmClass.DELIVERY_ACKNOWLEDGEMENT,
        EsmClass.INTERMEDIATE_NOTIFICATION,
    }
)
"""The message types that report on a message of ours."""

ALPHABETS: Final[dict[int, Alphabet]] = {
    1: Alphabet.ASCII,
    2: Alphabet.BINARY,
    3: Alphabet.LATIN1,
    4: Alphabet.BINARY,
    8: Alphabet.UCS2,
    # Groups of TS 23.038 with a message class or a waiting indication.
    **dict.fromkeys(range(0x14, 0x18), Alphabet.BINARY),
    **dict.fromkeys(range(0x18, 0x1C), Alphabet.UCS2),
    **dict.fromkeys(range(0xE0, 0xF0), Alphabet.UCS2),
    **dict.fromkeys(range(0xF4, 0xF8), Alphabet.BINARY),
}
"""Alphabets by `data_coding`; every other value is the SMSC's default alphabet."""


def traffic(message: ShortMessage, settings: SmppSettings) -> Traffic | None:
    """What a carrier brings, or `None` for a receipt that names no message."""
    octets = message.short_message or message.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
    if _is_receipt(message, octets, settings):
        return _report(message, octets, settings)
    part, octets = _unwrapped(message, octets)
    return InboundSms(
        carrier=settings.name,
        sender=_source(message, settings),
        recipient=_destination(message, settings),
        octets=octets,
        alphabet=_alphabet(message, settings),
        part=part,
    )


def _is_receipt(message: ShortMessage, octets: bytes, settings: SmppSettings) -> bool:
    kind = message.esm_class & EsmClass.MESSAGE_TYPE
    if kind or not settings.receipts_by_text:
        return kind in RECEIPTS
    return receipt.looks_like_one(_receipt_text(message, octets))


def _report(message: ShortMessage, octets: bytes, settings: SmppSettings) -> DeliveryReport | None:
    """A receipt goes the other way, so its addresses are those of the message exchanged."""
    if message.esm_class & EsmClass.UDH:
        _, octets = udh.split(octets)
    text = _receipt_text(message, octets)
    read = receipt.parse(text, message.tlvs, settings.receipt_utc_offset)
    if not read.id:
        return None
    return DeliveryReport(
        carrier=settings.name,
        id=read.id,
        report=read.report,
        sender=_destination(message, settings),
        recipient=_source(message, settings),
        delivery_error=read.delivery_error,
        done_at=read.done_at,
    )


def _receipt_text(message: ShortMessage, octets: bytes) -> str:
    """Receipts are written in ASCII, even where the default alphabet would read `_` as `§`."""
    coded = ALPHABETS.get(message.data_coding)
    return segments.decode(octets, Alphabet.UCS2 if coded is Alphabet.UCS2 else Alphabet.ASCII)


def _unwrapped(message: ShortMessage, octets: bytes) -> tuple[Part | None, bytes]:
    """The segment's place among its siblings, from the UDH or else from SAR TLVs."""
    part = None
    if message.esm_class & EsmClass.UDH:
        part, octets = udh.split(octets)
    return part or _sar(message), octets


def _sar(message: ShortMessage) -> Part | None:
    tags = (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    reference, total, number = (message.tlvs.get(tag, b"") for tag in tags)
    if (len(reference), len(total), len(number)) != (2, 1, 1):
        return None
    return udh.plausible(int.from_bytes(reference), total[0], number[0])


def _alphabet(message: ShortMessage, settings: SmppSettings) -> Alphabet:
    return ALPHABETS.get(message.data_coding, settings.default_alphabet)


def _source(message: ShortMessage, settings: SmppSettings) -> str:
    return addresses.inbound(message.source_addr_ton, message.source_addr, settings.country_code)


def _destination(message: ShortMessage, settings: SmppSettings) -> str:
    return addresses.inbound(message.dest_addr_ton, message.destination_addr, settings.country_code)
