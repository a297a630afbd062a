from hypothesis import given
from hypothesis import strategies as st

from postroom.model import gsm7

ALPHABET = gsm7.BASIC.replace("\x1b", "") + "".join(gsm7.EXTENSION.values())


@given(st.text(ALPHABET))
def test_what_the_alphabet_has_comes_back_unchanged(text: str) -> None:
    octets = gsm7.encode(text)

    assert octets is not None
    assert gsm7.decode(octets) == text
    assert max(octets, default=0) < 128


def test_characters_lie_where_the_standard_puts_them() -> None:
    assert gsm7.encode("@£$_§à") == bytes((0x00, 0x01, 0x02, 0x11, 0x5F, 0x7F))
    assert gsm7.encode("{€}") == bytes.fromhex("1b28 1b65 1b29")
    assert gsm7.encode("ΔΦΓΛΩΠΨΣΘΞ") == bytes.fromhex("10 12 13 14 15 16 17 18 19 1a")


def test_the_alphabet_has_128_places_and_ten_extensions() -> None:
    assert len(gsm7.BASIC) == len(set(gsm7.BASIC)) == 128
    assert len(gsm7.EXTENSION) == 10


@given(st.text(min_size=1))
def test_text_is_encoded_only_when_every_character_is_in_the_alphabet(text: str) -> None:
    assert (gsm7.encode(text) is not None) == all(char in ALPHABET for char in text)


def test_a_backtick_is_not_in_the_alphabet_although_it_is_ascii() -> None:
    assert gsm7.encode("`") is None
    assert not gsm7.is_plain("`")


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_takes_one_septet_per_character(text: str) -> None:
    octets = gsm7.encode(text)

    assert gsm7.is_plain(text) == (octets is not None and len(octets) == len(text))


def test_an_unknown_escape_leaves_the_basic_character() -> None:
    assert gsm7.decode(b"\x1bA") == "A"


def test_an_escape_before_nothing_or_another_escape_is_a_space() -> None:
    assert gsm7.decode(b"a\x1b") == "a "
    assert gsm7.decode(b"\x1b\x1bb") == " b"


def test_octets_above_127_are_read_as_latin1() -> None:
    assert gsm7.decode(b"caf\xe9") == "café"


@given(st.binary())
def test_any_octets_are_readable(octets: bytes) -> None:
    assert len(gsm7.decode(octets)) <= len(octets)
