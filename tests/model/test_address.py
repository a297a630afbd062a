import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.address import LONGEST, is_short, parse_msisdn

OURS = "+14151003732"
"""The guide's own number, which is possible and not valid."""


@pytest.mark.parametrize(
    "spelled",
    [
        "+14151003732",
        "14151003732",
        " 14151003732",
        "  14151003732 ",
        "4151003732",
        "(415) 100-3732",
        "+1 (415) 100-3732",
        "415.100.3732",
        "tel:+14151003732",
        "011 1 415 100 3732",
    ],
)
def test_a_number_is_known_in_every_spelling(spelled: str) -> None:
    assert parse_msisdn(spelled, "US") == OURS


@pytest.mark.parametrize(
    ("spelled", "country", "msisdn"),
    [
        ("030 1234567", "DE", "+49301234567"),
        ("0049 30 1234567", "DE", "+49301234567"),
        ("+44 (0)20 7946 0958", "DE", "+442079460958"),
        ("491701234567", "US", "+491701234567"),
        ("4151003732", "DE", "+494151003732"),
    ],
)
def test_a_number_without_its_country_is_read_as_one_of_the_home_country(
    spelled: str, country: str, msisdn: str
) -> None:
    assert parse_msisdn(spelled, country) == msisdn


def test_a_number_that_nobody_can_have_will_do_as_long_as_it_is_possible() -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse(OURS))
    assert parse_msisdn(OURS, "US") == OURS


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        " ",
        "+",
        "abc",
        "101",
        "12345",
        "5550123",
        "+1415100373",
        "+141510037321",
        "+999123456789",
        "+14151003732 ext. 5",
        "14151003732x5",
        "1" * (LONGEST + 1),
    ],
)
def test_what_cannot_be_a_number_is_none(spelled: str) -> None:
    assert parse_msisdn(spelled, "US") is None


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("911", True),
        (" 12345 ", True),
        ("123456", True),
        ("1234567", False),
        ("+911", False),
        ("", False),
        ("12a", False),
        ("٣٤٥", False),
    ],
)
def test_a_few_digits_are_a_short_code(text: str, short: bool) -> None:
    assert is_short(text) is short


@given(st.text(max_size=80), st.sampled_from(["US", "DE", "GB", "SE", "XX"]))
def test_whatever_is_written_it_is_an_msisdn_or_none(text: str, country: str) -> None:
    msisdn = parse_msisdn(text, country)

    if msisdn is not None:
        assert msisdn.startswith("+")
        assert msisdn[1:].isascii()
        assert msisdn[1:].isdigit()
        assert parse_msisdn(msisdn, country) == msisdn
        assert parse_msisdn(f" {msisdn[1:]}", country) == msisdn
