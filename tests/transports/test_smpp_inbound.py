from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.traffic import Alphabet, DeliveryReport, InboundSms, Part, Report
from postroom.transports.smpp import addresses, inbound, udh
from postroom.transports.smpp.fields import EsmClass, Tag
from postroom.transports.smpp.pdu import ShortMessage
from tests.transports.smpp_pdus import SETTINGS

RECEIPT = b"id:msg_1 stat:DELIVRD"


def taken(message: ShortMessage) -> InboundSms:
    traffic = inbound.traffic(message, SETTINGS)
    assert isinstance(traffic, InboundSms)
    return traffic


@pytest.mark.parametrize(
    ("coding", "alphabet"),
    [
        (0, Alphabet.GSM7),
        (1, Alphabet.ASCII),
        (2, Alphabet.BINARY),
        (3, Alphabet.LATIN1),
        (4, Alphabet.BINARY),
        (8, Alphabet.UCS2),
        (0x10, Alphabet.GSM7),
        (0x18, Alphabet.UCS2),
        (0xF0, Alphabet.GSM7),
        (0xF5, Alphabet.BINARY),
        (0x99, Alphabet.GSM7),
    ],
)
def test_the_data_coding_names_the_alphabet(coding: int, alphabet: Alphabet) -> None:
    assert taken(ShortMessage(data_coding=coding)).alphabet is alphabet


def test_the_default_alphabet_is_a_setting() -> None:
    settings = replace(SETTINGS, default_alphabet=Alphabet.LATIN1)
    traffic = inbound.traffic(ShortMessage(data_coding=0), settings)

    assert isinstance(traffic, InboundSms)
    assert traffic.alphabet is Alphabet.LATIN1


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("050003AA0302", Part(reference=0xAA, total=3, number=2)),
        ("06080412340302", Part(reference=0x1234, total=3, number=2)),
        ("0B0504158200000003AA0302", Part(reference=0xAA, total=3, number=2)),
        ("0A00030103010003020302", Part(reference=2, total=3, number=2)),
        ("0605041582158A", None),
        ("050003AA0101", None),
        ("050003AA0304", None),
        ("050003AA0300", None),
        ("00", None),
    ],
)
def test_a_header_is_taken_off_and_its_place_read(header: str, part: Part | None) -> None:
    octets = bytes.fromhex(header) + b"Hello"
    read = taken(ShortMessage(esm_class=EsmClass.UDH, short_message=octets))

    assert (read.part, read.octets) == (part, b"Hello")


def test_a_header_longer_than_the_octets_is_none() -> None:
    read = taken(ShortMessage(esm_class=EsmClass.UDH, short_message=b"Hello"))

    assert (read.part, read.octets) == (None, b"Hello")


def test_without_the_bit_there_is_no_header() -> None:
    octets = bytes.fromhex("050003AA0302") + b"Hello"

    assert taken(ShortMessage(short_message=octets)).octets == octets


def test_a_place_is_read_from_sar_tlvs() -> None:
    tlvs: dict[int, bytes] = {
        Tag.SAR_MSG_REF_NUM: b"\x12\x34",
        Tag.SAR_TOTAL_SEGMENTS: b"\3",
        Tag.SAR_SEGMENT_SEQNUM: b"\1",
    }
    read = taken(ShortMessage(short_message=b"Hello", tlvs=tlvs))

    assert read.part == Part(reference=0x1234, total=3, number=1)
    assert taken(ShortMessage(tlvs={**tlvs, Tag.SAR_TOTAL_SEGMENTS: b""})).part is None


def test_a_payload_may_carry_a_header_too() -> None:
    payload = bytes.fromhex("050003AA0302") + b"x" * 1000
    read = taken(ShortMessage(esm_class=EsmClass.UDH, tlvs={Tag.MESSAGE_PAYLOAD: payload}))

    assert (read.part, read.octets) == (Part(reference=0xAA, total=3, number=2), b"x" * 1000)


@given(st.binary(max_size=200))
def test_any_header_leaves_an_end_of_the_octets(octets: bytes) -> None:
    part, rest = udh.split(octets)

    assert octets.endswith(rest)
    assert part is None or 1 <= part.number <= part.total


@given(
    st.integers(0, 0xFFFF),
    st.integers(2, 255),
    st.data(),
    st.sampled_from([udh.CONCATENATED_8, udh.CONCATENATED_16]),
)
def test_a_header_that_was_written_is_read(
    reference: int, total: int, data: st.DataObject, element: int
) -> None:
    part = Part(reference=reference, total=total, number=data.draw(st.integers(1, total)))
    read, rest = udh.split(udh.header(part, element) + b"Hello")

    known = reference if element == udh.CONCATENATED_16 else reference & 0xFF
    assert read == replace(part, reference=known)
    assert rest == b"Hello"


@pytest.mark.parametrize("kind", [0x04, 0x08, 0x20, 0x04 | 0x03, 0x04 | 0x80])
def test_a_receipt_is_known_by_its_esm_class(kind: int) -> None:
    traffic = inbound.traffic(ShortMessage(esm_class=kind, short_message=RECEIPT), SETTINGS)

    assert isinstance(traffic, DeliveryReport)
    assert (traffic.id, traffic.report) == ("msg_1", Report.DELIVERED)


@pytest.mark.parametrize("kind", [0x00, 0x10, 0x18, 0x80])
def test_what_reads_like_a_receipt_is_a_message_when_nobody_calls_it_one(kind: int) -> None:
    assert taken(ShortMessage(esm_class=kind, short_message=RECEIPT)).octets == RECEIPT


def test_receipts_are_known_by_their_text_where_the_carrier_is_set_so() -> None:
    settings = replace(SETTINGS, receipts_by_text=True)
    receipt = inbound.traffic(ShortMessage(short_message=RECEIPT), settings)
    message = inbound.traffic(ShortMessage(short_message=b"Hello"), settings)

    assert isinstance(receipt, DeliveryReport)
    assert isinstance(message, InboundSms)


def test_a_receipt_may_be_written_in_ucs2() -> None:
    octets = RECEIPT.decode().encode("utf-16-be")
    message = ShortMessage(esm_class=4, data_coding=8, short_message=octets)
    traffic = inbound.traffic(message, SETTINGS)

    assert isinstance(traffic, DeliveryReport)
    assert traffic.id == "msg_1"


def test_a_receipt_that_names_no_message_is_nothing() -> None:
    assert inbound.traffic(ShortMessage(esm_class=4, short_message=b"Hello"), SETTINGS) is None


@pytest.mark.parametrize(
    ("ton", "written", "address"),
    [
        (1, "16505550101", "+16505550101"),
        (1, "+16505550101", "+16505550101"),
        (1, "0016505550101", "+16505550101"),
        (0, "+16505550101", "+16505550101"),
        (0, "0016505550101", "+16505550101"),
        (0, "16505550101", "+16505550101"),
        (0, "6505550101", "6505550101"),
        (2, "6505550101", "+16505550101"),
        (2, "06505550101", "+16505550101"),
        (3, "24273", "24273"),
        (0, "24273", "24273"),
        (1, "24273", "24273"),
        (5, "Pizza 24", "Pizza 24"),
        (5, "16505550101", "16505550101"),
        (0, "", ""),
    ],
)
def test_phone_numbers_become_e164_and_others_stay(ton: int, written: str, address: str) -> None:
    assert addresses.inbound(ton, written, "1") == address


def test_a_national_number_stays_where_no_country_is_set() -> None:
    assert addresses.inbound(2, "6505550101", None) == "6505550101"
