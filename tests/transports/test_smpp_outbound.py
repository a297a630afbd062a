from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.segments import REPLACEMENT, decode
from postroom.model.traffic import Alphabet, InboundSms
from postroom.transports.smpp import inbound, outbound
from postroom.transports.smpp.fields import EsmClass, Tag
from postroom.transports.smpp.pdu import ShortMessage
from postroom.transports.smpp.settings import LongMessages, SmppSettings
from tests.transports.smpp_pdus import SETTINGS, message_body, submission

LONG: tuple[LongMessages, ...] = ("udh8", "udh16", "sar", "payload")


def messages(text: str, settings: SmppSettings = SETTINGS) -> list[ShortMessage]:
    return [message_body(body) for body in outbound.bodies(submission(text), settings)]


@given(
    st.text(st.characters(codec="utf-16"), max_size=1000),
    st.sampled_from(LONG),
    st.sampled_from([Alphabet.GSM7, Alphabet.LATIN1, Alphabet.ASCII]),
)
def test_what_is_submitted_can_be_read_back(
    text: str, long: LongMessages, default: Alphabet
) -> None:
    settings = replace(SETTINGS, long_messages=long, default_alphabet=default)
    read = [inbound.traffic(message, settings) for message in messages(text, settings)]
    parts = [sms for sms in read if isinstance(sms, InboundSms)]

    joined = decode(b"".join(sms.octets for sms in parts), parts[0].alphabet)
    assert joined == text.replace("\0", REPLACEMENT)
    assert len(parts) == 1 or [sms.part and sms.part.number for sms in parts] == list(
        range(1, len(parts) + 1)
    )
    assert len({sms.part.reference for sms in parts if sms.part}) <= 1


def test_the_same_submission_is_always_cut_the_same_way() -> None:
    assert outbound.bodies(submission("a" * 500), SETTINGS) == outbound.bodies(
        submission("a" * 500, segments_done=2), SETTINGS
    )


def test_every_segment_asks_for_a_receipt() -> None:
    assert [message.registered_delivery for message in messages("a" * 500)] == [1] * 4


def test_a_wider_header_leaves_room_for_one_septet_less() -> None:
    settings = replace(SETTINGS, long_messages="udh16")

    assert [len(message.short_message) for message in messages("a" * 306)] == [159, 159]
    assert [len(message.short_message) for message in messages("a" * 306, settings)] == [
        159,
        159,
        9,
    ]


def test_a_short_message_has_neither_header_nor_tlvs() -> None:
    for long in LONG:
        [message] = messages("Hello", replace(SETTINGS, long_messages=long))

        assert (message.esm_class, message.tlvs, message.short_message) == (0, {}, b"Hello")


def test_only_udh_sets_its_bit() -> None:
    bits = {
        long: messages("a" * 200, replace(SETTINGS, long_messages=long))[0].esm_class
        for long in LONG
    }

    assert bits == {"udh8": EsmClass.UDH, "udh16": EsmClass.UDH, "sar": 0, "payload": 0}


def test_the_numbers_go_out_without_a_sign_and_as_set_up() -> None:
    settings = replace(SETTINGS, source_ton=3, source_npi=0, dest_ton=2, dest_npi=8)
    [message] = messages("Hello", settings)

    assert (message.source_addr_ton, message.source_addr_npi) == (3, 0)
    assert (message.dest_addr_ton, message.dest_addr_npi) == (2, 8)
    assert (message.source_addr, message.destination_addr) == ("16505550101", "14155550123")


def test_another_default_alphabet_is_written_in_its_own_octets() -> None:
    settings = replace(SETTINGS, default_alphabet=Alphabet.LATIN1)
    [message] = messages("@ñ{", settings)

    assert (message.data_coding, message.short_message) == (0, "@ñ{".encode("latin-1"))


def test_what_another_default_alphabet_lacks_is_written_as_ucs2() -> None:
    settings = replace(SETTINGS, default_alphabet=Alphabet.ASCII)
    [message] = messages("ñ", settings)

    assert (message.data_coding, message.short_message) == (8, "ñ".encode("utf-16-be"))


def test_a_payload_may_be_longer_than_any_short_message() -> None:
    [message] = messages("ж" * 1000, replace(SETTINGS, long_messages="payload"))

    assert message.short_message == b""
    assert len(message.tlvs[Tag.MESSAGE_PAYLOAD]) == 2000


def test_more_segments_than_a_header_can_count_are_refused() -> None:
    with pytest.raises(ValueError):
        outbound.bodies(submission("ж" * 67 * 256), SETTINGS)


def test_a_number_that_no_field_takes_is_refused() -> None:
    with pytest.raises(ValueError):
        outbound.bodies(replace(submission(), recipient="+" + "1" * 21), SETTINGS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "too long a"},
        {"system_id": "with\0nul"},
        {"window": 0},
        {"rate": 0.0},
        {"source_ton": 256},
        {"port": 0},
        {"default_alphabet": Alphabet.UCS2},
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(SETTINGS, **wrong)  # type: ignore[arg-type]
