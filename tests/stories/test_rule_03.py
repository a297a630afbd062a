"""Rule 3: no page on behalf of a department, in none of three ways."""

from typing import Any

import httpx

from tests.office import V1, Office, refusal


async def check(office: Office, answer: httpx.Response) -> None:
    assert refusal(answer) == (403, "MSG-330")
    message = answer.json()["message"]
    assert "not allowed for the Department extension type" in message
    for who in (101, 102, 103, 200):
        assert await office.inbox_of(who) == []


async def test_not_with_the_departments_credentials(office: Office) -> None:
    await check(office, await office.page(200, 102))


async def test_not_by_naming_a_department_as_sender(office: Office) -> None:
    by_number: dict[str, Any] = {"from": {"extensionNumber": "200"}}
    by_id: dict[str, Any] = {"from": {"extensionId": str(office.id(200))}}

    await check(office, await office.page(101, 102, **by_number))
    await check(office, await office.page(101, 102, **by_id))


async def test_not_through_a_departments_path(office: Office) -> None:
    path = f"{V1}/account/~/extension/{office.id(200)}/company-pager"
    body = {"to": [{"extensionNumber": "102"}], "text": "Hi"}

    await check(office, await office.call(101, "POST", path, json=body))


async def test_nobody_pages_as_somebody_else(office: Office) -> None:
    other_number: dict[str, Any] = {"from": {"extensionNumber": "102"}}
    other_id: dict[str, Any] = {"from": {"extensionId": str(office.id(102))}}

    number = await office.page(101, 103, **other_number)
    id = await office.page(101, 103, **other_id)

    assert refusal(number) == (400, "MSG-331")
    assert refusal(id) == (400, "MSG-332")
