import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.receipts import fold, spellings

hexadecimal = st.text("0123456789abcdefABCDEF", min_size=1, max_size=32)


@pytest.mark.parametrize(
    ("answered", "receipted"),
    [
        ("0A1B2C3D", "0a1b2c3d"),
        ("0a1b2c3d", "A1B2C3D"),
        ("0a1b2c3d", "169552957"),
        ("169552957", "A1B2C3D"),
        ("169552957", "0000169552957"),
        ("0x1f", "31"),
        ("12345", "3039"),
        ("3039", "12345"),
        ("74565", "12345"),
        ("12345", " 12345\0"),
        ("0", "00000000"),
        ("3F2504E0-4F89-41D3-9A0C-0305E82C3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        ("Msg-00017", "msg-00017"),
    ],
)
def test_a_receipt_finds_what_was_answered(answered: str, receipted: str) -> None:
    assert fold(answered) in spellings(receipted)


@pytest.mark.parametrize(("one", "other"), [("12345", "12346"), ("a-1", "a1"), ("msg01", "msg1")])
def test_different_ids_stay_apart(one: str, other: str) -> None:
    assert fold(one) not in spellings(other)


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(id: str) -> None:
    assert fold(fold(id)) == fold(id)
    assert spellings(id)[0] == fold(id)


@given(hexadecimal)
def test_a_hexadecimal_id_is_found_by_its_decimal_number(id: str) -> None:
    assert fold(id) in spellings(str(int(id, 16)))


@given(st.text(string.digits, min_size=1, max_size=32))
def test_a_decimal_id_is_found_by_its_hexadecimal_number(id: str) -> None:
    assert fold(id) in spellings(format(int(id), "X"))
    assert fold(id) in spellings(format(int(id), "040x"))


@given(hexadecimal)
def test_there_are_at_most_three_spellings(id: str) -> None:
    assert 1 <= len(spellings(id)) <= 3


def test_no_id_stays_empty_and_is_not_zero() -> None:
    assert fold("") == fold(" \0") == ""
    assert fold("000") == "0"
    assert fold("0") not in spellings("")


def test_an_endless_id_is_a_word() -> None:
    endless = "9" * 100_000

    assert spellings(endless) == (endless,)
