"""Templates of messages at the counter, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from postroom.store.database import StoreSettings
from tests.goldens import agrees
from tests.office import V1, Office, opened, refusal

MINE = "message-store-templates"
COMPANY = f"{V1}/account/~/message-store-templates"
BOTH = {"user": MINE, "company": COMPANY}


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(store_settings, tmp_path) as office:
        yield office


def spelled(name: str = "Greeting", text: str = "Thank you.", **more: Any) -> dict[str, Any]:
    return {"displayName": name, "body": {"text": text}, **more}


async def made(office: Office, who: int, path: str = MINE, **values: Any) -> dict[str, Any]:
    answer = await office.call(who, "POST", path, json=spelled(**values))
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()
    return template


async def names(office: Office, who: int, path: str = MINE, **query: Any) -> list[str]:
    answer = await office.call(who, "GET", path, params=query)
    assert answer.status_code == 200, answer.text
    return [one["displayName"] for one in answer.json()["records"]]


async def test_templates_as_clients_see_them(office: Office) -> None:
    ours = await made(office, 101, COMPANY, name="Ours", text="Grüße 👋")
    mine = await made(office, 102, name="Mine", id="7", scope="Personal")

    listed = (await office.call(102, "GET", MINE)).json()
    agrees(office, "templates", listed, ours=ours["id"], mine=mine["id"])
    assert listed["records"] == [ours, mine]
    assert (await office.call(102, "GET", f"{MINE}/{mine['id']}")).json() == mine
    assert (await office.call(102, "GET", f"{COMPANY}/{ours['id']}")).json() == ours


async def test_a_list_has_what_its_scope_and_sites_say(office: Office) -> None:
    await made(office, 101, COMPANY, name="Ours")
    await made(office, 102, name="Mine")
    await made(office, 103, name="Hers")

    assert await names(office, 102) == ["Ours", "Mine"]
    assert await names(office, 102, scope="Company") == ["Ours"]
    assert await names(office, 102, scope="Personal") == ["Mine"]
    assert await names(office, 102, siteIds=["5", "main-site"]) == ["Ours", "Mine"]
    assert await names(office, 102, siteIds="5") == []
    assert await names(office, 102, COMPANY) == ["Ours"]
    assert await names(office, 102, COMPANY, siteIds="5") == []
    answer = await office.call(102, "GET", MINE, params={"scope": "Nobody"})
    assert refusal(answer) == (400, "CMN-101")


@pytest.mark.parametrize("kind", BOTH)
async def test_a_template_is_replaced_and_removed(office: Office, kind: str) -> None:
    path = BOTH[kind]
    first, other = await made(office, 101, path), await made(office, 101, path, name="Other")
    one = f"{path}/{first['id']}"

    changed = await office.call(101, "PUT", one, json={**first, "body": {"text": "Bye."}})
    assert changed.json() == {**first, "body": {"text": "Bye."}}
    assert (await office.call(101, "GET", one)).json() == changed.json()
    assert (await office.call(101, "DELETE", one)).status_code == 204

    for method in ("GET", "PUT", "DELETE"):
        body = {} if method != "PUT" else {"json": spelled()}
        assert refusal(await office.call(101, method, one, **body)) == (404, "CMN-102")
    assert (await office.call(101, "GET", path)).json()["records"] == [other]


async def everywhere(office: Office, who: int, path: str) -> set[tuple[int, str]]:
    """What get, replace and remove are refused with."""
    answers: list[httpx.Response] = [
        await office.call(who, "GET", path),
        await office.call(who, "PUT", path, json=spelled()),
        await office.call(who, "DELETE", path),
    ]
    return {refusal(answer) for answer in answers}


async def test_nobody_finds_a_template_where_it_is_not(office: Office) -> None:
    ours, mine = await made(office, 101, COMPANY), await made(office, 102)

    assert await everywhere(office, 103, f"{MINE}/{mine['id']}") == {(404, "CMN-102")}
    assert await everywhere(office, 101, f"{MINE}/{ours['id']}") == {(404, "CMN-102")}
    assert await everywhere(office, 101, f"{COMPANY}/{mine['id']}") == {(404, "CMN-102")}
    for id in ("0", "ours", "9" * 30, str(2**63)):
        assert await everywhere(office, 101, f"{MINE}/{id}") == {(404, "CMN-102")}
    assert await names(office, 102) == ["Greeting", "Greeting"]


@pytest.mark.parametrize(("kind", "most"), [("user", 25), ("company", 50)])
async def test_there_are_never_more_than_allowed_whoever_races(
    office: Office, kind: str, most: int
) -> None:
    path, body = BOTH[kind], spelled()
    await office.token(101)

    answers = await asyncio.gather(
        *(office.call(101, "POST", path, json=body) for _ in range(most + 5))
    )

    assert sorted(one.status_code for one in answers) == [201] * most + [400] * 5
    assert {refusal(one) for one in answers if one.status_code == 400} == {(400, "CMN-101")}
    kept = await names(office, 101, path)
    assert len(kept) == most
    await made(office, *{"user": (101, COMPANY), "company": (101, MINE)}[kind])
    await made(office, 102)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"body": {"text": "a"}}, "displayName"),
    "blank name": (spelled(name=" "), "displayName"),
    "long name": (spelled(name="x" * 256), "displayName"),
    "name with NUL": (spelled(name="a\0"), "displayName"),
    "no body": ({"displayName": "a"}, "body"),
    "no text": ({"displayName": "a", "body": {}}, "body.text"),
    "empty text": (spelled(text=""), "body.text"),
    "1001 units": (spelled(text="x" * 1001), "body.text"),
    "501 surrogate pairs": (spelled(text="👋" * 501), "body.text"),
    "text is a number": ({"displayName": "a", "body": {"text": 7}}, "body.text"),
    "unknown scope": (spelled(scope="Everybody"), "scope"),
    "unknown site": (spelled(site={"id": "5"}), "site.id"),
    "site is text": (spelled(site="main-site"), "site"),
}


@pytest.mark.parametrize("kind", BOTH)
async def test_what_is_wrong_is_named_and_changes_nothing(office: Office, kind: str) -> None:
    path = BOTH[kind]
    there = await made(office, 101, path)
    contrary = spelled(scope={"user": "Company", "company": "Personal"}[kind])

    for what, (body, member) in {**WRONG, "contrary": (contrary, "scope")}.items():
        for method, at in (("POST", path), ("PUT", f"{path}/{there['id']}")):
            answer = await office.call(101, method, at, json=body)
            assert answer.status_code == 400, what
            assert answer.json()["errors"][0]["parameterName"] == member, what
    assert (await office.call(101, "GET", path)).json()["records"] == [there]


async def test_a_thousand_units_are_a_template(office: Office) -> None:
    longest = "👋" * 500

    assert (await made(office, 102, text=longest))["body"]["text"] == longest


async def test_an_administrator_makes_templates_for_a_user(office: Office) -> None:
    await made(office, 101, f"{V1}/account/~/extension/{office.id(102)}/{MINE}", name="For Ben")

    assert await names(office, 102) == ["For Ben"]
    assert await names(office, 101) == []
