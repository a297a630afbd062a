"""Rule 8: length in UTF-16 units, exactly at the limit and one over."""

import pytest

from tests.office import OUTSIDE, Office, refusal

EMOJI = "\U0001f600"


@pytest.mark.parametrize("text", ["a" * 1000, "ä" * 1000, EMOJI * 500, "a" * 998 + EMOJI])
async def test_an_sms_of_exactly_1000_units_passes(office: Office, text: str) -> None:
    answer = await office.sms(101, "+16505550101", OUTSIDE, text)

    assert answer.status_code == 200
    assert answer.json()["subject"] == text


@pytest.mark.parametrize("text", ["a" * 1001, EMOJI * 501, "a" * 999 + EMOJI])
async def test_an_sms_of_one_more_is_refused_with_both_numbers(office: Office, text: str) -> None:
    answer = await office.sms(101, "+16505550101", OUTSIDE, text)

    assert refusal(answer) == (400, "CMN-101")
    error = answer.json()["errors"][0]
    assert error["parameterName"] == "text"
    assert "1000" in error["message"]
    assert str(len(text.encode("utf-16-le")) // 2) in error["message"]
    assert await office.inbox(101) == []


@pytest.mark.parametrize("text", ["a" * 1024, EMOJI * 512])
async def test_a_page_of_exactly_1024_units_passes(office: Office, text: str) -> None:
    answer = await office.page(101, 102, text=text)

    assert answer.status_code == 200
    [copy] = await office.inbox(102)
    assert copy["subject"] == text


@pytest.mark.parametrize("text", ["a" * 1025, EMOJI * 513])
async def test_a_page_of_one_more_is_refused_with_both_numbers(office: Office, text: str) -> None:
    answer = await office.page(101, 102, text=text)

    assert refusal(answer) == (400, "CMN-101")
    error = answer.json()["errors"][0]
    assert error["parameterName"] == "text"
    assert "1024" in error["message"]
    assert str(len(text.encode("utf-16-le")) // 2) in error["message"]
    assert await office.inbox(102) == []
