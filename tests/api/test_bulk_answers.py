"""Several messages in one request: whole records, purges, and the answers to the letter."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from postroom.store.database import StoreSettings
from tests.api.batches import ABSENT, JSON, READ, joined, received, send, statuses
from tests.goldens import agrees
from tests.office import Office, opened, refusal


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house on both engines."""
    async with opened(store_settings, tmp_path) as office:
        yield office


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_list_for_the_star_is_read_as_plain_json_too(office: Office, method: str) -> None:
    [id] = await received(office, 1)
    entries = [{"resourceId": str(id), "body": READ}, {"resourceId": str(ABSENT), "body": READ}]

    answer = await send(office, method, "*", entries, "application/json")

    assert answer.status_code == 207
    assert answer.headers["content-type"].startswith("multipart/mixed")
    assert await statuses(office) == {id: "Read"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (["1", "2"], "application/json"),
        (READ, "application/json"),
        (joined(READ), "multipart/mixed; boundary=b"),
    ],
)
async def test_the_star_without_ids_and_wishes_in_the_body_is_400(
    office: Office, method: str, body: Any, content_type: str
) -> None:
    answer = await send(office, method, "*", body, content_type)

    assert refusal(answer) == (400, "CMN-101")


@pytest.mark.parametrize("form", ["one", "json", "parts"])
async def test_a_whole_record_can_be_put_back(office: Office, form: str) -> None:
    [id] = await received(office, 1)
    await office.call(102, "DELETE", f"message-store/{id}")
    [record] = await office.inbox(102, availability="Deleted")
    body = record | {"readStatus": "Read", "availability": "Alive"}
    sent = {
        "one": (body, "application/json"),
        "json": ([{"resourceId": str(id), "body": body}], JSON),
        "parts": (joined(body), "multipart/mixed; boundary=b"),
    }[form]

    answer = await send(office, "PUT", "*" if form == "json" else str(id), *sent)

    assert answer.status_code == 200
    [kept] = await office.inbox(102, availability="Deleted")
    assert (kept["id"], kept["readStatus"]) == (id, "Read")


async def test_what_patch_takes_it_checks(office: Office) -> None:
    [id] = await received(office, 1)
    await office.call(102, "DELETE", f"message-store/{id}")

    wrong = await send(office, "PATCH", str(id), {"availability": "Purged"}, "application/json")
    right = await send(office, "PATCH", str(id), {"availability": "Alive"}, "application/json")

    assert refusal(wrong) == (400, "CMN-101")
    assert (right.status_code, right.json()["availability"]) == (200, "Alive")


@pytest.mark.parametrize("form", ["path", "body"])
async def test_a_purge_of_several_leaves_none_to_restore(office: Office, form: str) -> None:
    ids = await received(office, 3)
    first, second, third = ids
    await office.call(102, "DELETE", f"message-store/{second}")
    spelled = [str(first), str(second)]
    path = ",".join(spelled) if form == "path" else "*"
    body = {} if form == "path" else {"json": spelled}

    answer = await office.call(102, "DELETE", f"message-store/{path}?purge=true", **body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert list(await statuses(office)) == [third]
    assert await office.inbox(102, availability="Deleted") == []
    purged = {one["id"] for one in await office.inbox(102, availability="Purged")}
    assert purged == {first, second}
    restored = await send(
        office,
        "PATCH",
        ",".join(spelled),
        {"availability": "Alive"},
        "application/json",
        Accept=JSON,
    )
    assert [one["status"] for one in restored.json()] == [400, 400]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ["json", "multipart"])
async def test_an_answer_about_several_is_to_the_letter(
    office: Office, method: str, form: str
) -> None:
    first, second = await received(office)
    accept = {"Accept": JSON} if form == "json" else {}
    body = {"json": READ} if method in ("PUT", "PATCH") else {}

    answer = await office.call(
        102, method, f"message-store/{first},{ABSENT},{second}", headers=accept, **body
    )

    assert answer.status_code == 207
    content = answer.json() if form == "json" else spelled_out(answer)
    found = await office.inbox(102, availability=["Alive", "Deleted"])
    talks = {one["id"]: one["conversation"]["id"] for one in found}
    agrees(
        office,
        f"several_{'put' if method == 'PATCH' else method.lower()}_{form}",
        content,
        first=first,
        second=second,
        absent=ABSENT,
        conversation_of_first=talks[first],
        conversation_of_second=talks[second],
    )


def spelled_out(answer: Any) -> list[str]:
    """The lines of a multipart answer, with its boundary by a name."""
    _, _, boundary = answer.headers["content-type"].partition("boundary=")
    text: str = answer.text.replace(boundary, "{boundary}")
    return text.split("\r\n")
