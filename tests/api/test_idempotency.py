"""The same key and body within a day is one request, however often it comes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from postroom.store.database import StoreSettings
from tests.office import DAY_MS, OUTSIDE, Office, opened, refusal

KEY = {"Idempotency-Key": "one-request"}
SENDER = "+16505550101"


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """An office on each engine."""
    async with opened(store_settings, tmp_path) as office:
        yield office


async def send(office: Office, text: str = "Hello", **options: Any) -> httpx.Response:
    return await office.sms(101, SENDER, OUTSIDE, text, **{"headers": KEY, **options})


async def test_a_repetition_gets_the_first_answer_to_the_letter(office: Office) -> None:
    first = await send(office)

    again = await send(office)

    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await office.inbox(101)) == 1


async def test_another_body_is_a_conflict(office: Office) -> None:
    await send(office)

    other = await send(office, "Something else")

    assert other.status_code == 409
    assert len(await office.inbox(101)) == 1


async def test_requests_at_once_are_one(office: Office) -> None:
    answers = await asyncio.gather(*(send(office) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(await office.inbox(101)) == 1


async def test_a_page_is_sent_once_to_everybody(office: Office) -> None:
    body = {"to": [{"extensionNumber": "200"}], "text": "Hi"}
    for _ in range(3):
        await office.call(101, "POST", "company-pager", json=body, headers=KEY)

    assert len(await office.inbox(101)) == 1
    assert len(await office.inbox(102)) == 1


async def test_a_key_belongs_to_one_path_and_one_extension(office: Office) -> None:
    await send(office)
    body = {"to": [{"extensionNumber": "102"}], "text": "Hi"}

    page = await office.call(101, "POST", "company-pager", json=body, headers=KEY)
    others = await office.sms(102, "+16505550102", OUTSIDE, headers=KEY)

    assert page.status_code == others.status_code == 200
    assert "idempotent-replayed" not in page.headers
    assert "idempotent-replayed" not in others.headers


async def test_a_refusal_is_not_remembered(office: Office) -> None:
    refused = await office.sms(101, "+16505550102", OUTSIDE, headers=KEY)
    body_was_right_after_all = await send(office)

    assert refusal(refused) == (400, "MSG-245")
    assert body_was_right_after_all.status_code == 200


async def test_the_first_answer_stands_although_the_rules_have_changed(office: Office) -> None:
    body = {"to": [{"extensionNumber": "200"}], "text": "Hi"}
    first = await office.call(101, "POST", "company-pager", json=body, headers=KEY)
    await office.assign(200, remove=(102, 103, 105))

    again = await office.call(101, "POST", "company-pager", json=body, headers=KEY)

    assert again.content == first.content


async def test_after_a_day_the_key_is_new(office: Office) -> None:
    await send(office)
    office.forward(DAY_MS + 1000)

    again = await send(office)

    assert "idempotent-replayed" not in again.headers
    assert len(await office.inbox(101, dateFrom="2000")) == 2


@pytest.mark.parametrize("key", ["", "x" * 256])
async def test_a_key_of_no_use_is_refused(office: Office, key: str) -> None:
    answer = await send(office, headers={"Idempotency-Key": key})

    assert refusal(answer) == (400, "CMN-101")
    assert await office.inbox(101) == []
