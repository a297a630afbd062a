from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postroom.model import gsm7, segments
from postroom.model.segments import REPLACEMENT, count, cut, decode, reference_of
from postroom.model.traffic import Alphabet

SEPTETS = gsm7.BASIC.replace("\x1b", "") + "".join(gsm7.EXTENSION.values())
gsm7_texts = st.text(SEPTETS, max_size=1000)
any_texts = st.text(st.characters(codec="utf-16"), max_size=1000)
long_texts = st.one_of(
    gsm7_texts,
    any_texts,
    st.builds(
        lambda piece, times: piece * times, st.text("a€{é😀ж", min_size=1), st.integers(1, 200)
    ),
)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("a" * 159 + "€", 2),
        ("`" * 70, 1),
        ("`" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 1000, 7),
        ("ж" * 1000, 15),
    ],
)
def test_a_text_takes_as_many_segments_as_the_standard_says(text: str, segments: int) -> None:
    assert count(text) == segments
    assert len(cut(text, 0).octets) == segments


@given(long_texts)
@example("a" * 152 + "{" * 200)
@example("ж" * 66 + "😀" * 200)
def test_the_segments_joined_are_the_text(text: str) -> None:
    parts = cut(text, 7)

    assert decode(b"".join(parts.octets), parts.alphabet) == text.replace("\0", REPLACEMENT)
    assert parts.reference == 7


@given(long_texts, st.sampled_from([segments.UDH8_OCTETS, segments.UDH16_OCTETS]))
@example("a" * 151 + "{" * 200, 7)
@example("ж" * 65 + "😀" * 200, 7)
def test_every_segment_is_readable_alone_and_fits(text: str, header: int) -> None:
    parts = cut(text, 7, header=header)

    apart = "".join(decode(piece, parts.alphabet) for piece in parts.octets)
    assert apart == text.replace("\0", REPLACEMENT)
    assert all(_air_octets(piece, parts.alphabet) <= _room(parts, header) for piece in parts.octets)


@given(long_texts)
def test_count_agrees_with_cut(text: str) -> None:
    assert count(text) == len(cut(text, 0).octets)


@given(gsm7_texts)
def test_gsm7_is_taken_where_it_suffices(text: str) -> None:
    assert cut(text, 0).alphabet is Alphabet.GSM7
    assert cut(text, 0, alphabet=Alphabet.UCS2).alphabet is Alphabet.UCS2


def test_one_character_outside_of_the_alphabet_makes_it_ucs2() -> None:
    assert cut("a" * 69 + "ç", 0).alphabet is Alphabet.UCS2


@given(st.binary(), st.sampled_from(Alphabet))
def test_any_octets_decode_to_text_that_can_be_stored(octets: bytes, alphabet: Alphabet) -> None:
    text = decode(octets, alphabet)

    assert "\0" not in text
    assert text.encode("utf-8").decode() == text


def test_half_a_surrogate_pair_and_half_a_unit_are_replaced() -> None:
    assert decode(bytes.fromhex("d83d 0041"), Alphabet.UCS2) == REPLACEMENT + "A"
    assert decode(bytes.fromhex("0041 de00"), Alphabet.UCS2) == "A" + REPLACEMENT
    assert decode(bytes.fromhex("0041 00"), Alphabet.UCS2) == "A" + REPLACEMENT


def test_a_pair_cut_between_two_parts_is_whole_once_they_are_joined() -> None:
    whole = "😀".encode("utf-16-be")

    assert decode(whole[:2] + whole[2:], Alphabet.UCS2) == "😀"


def test_a_lone_surrogate_in_the_text_is_no_error() -> None:
    assert cut("\ud83d", 0).octets == (bytes.fromhex("d83d"),)


def test_reference_numbers_stay_the_same_and_differ_between_neighbours() -> None:
    ids = [tick << 14 for tick in range(1000)]
    references = [reference_of(id) for id in ids]

    assert references == [reference_of(id) for id in ids]
    assert all(0 <= reference <= 0xFFFF for reference in references)
    assert all(one & 0xFF != other & 0xFF for one, other in pairwise(references))
    assert len(set(references)) > 900


def _air_octets(piece: bytes, alphabet: Alphabet) -> int:
    return -(-len(piece) * 7 // 8) if alphabet is Alphabet.GSM7 else len(piece)


def _room(parts: segments.Segments, header: int) -> int:
    return segments.AIR_OCTETS - (header if len(parts.octets) > 1 else 0)
