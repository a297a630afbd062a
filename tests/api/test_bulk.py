"""Several messages in one request: every form of the ids, of the bodies and of the answer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.store.database import StoreSettings
from tests.api.batches import ABSENT, JSON, READ, UNREAD, joined, received, send, statuses
from tests.office import Office, opened, refusal


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house on both engines."""
    async with opened(store_settings, tmp_path) as office:
        yield office


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_one_object_is_for_all_ids_of_the_path(office: Office, method: str) -> None:
    first, second = await received(office)

    answer = await send(office, method, f"{first},{second}", READ, "application/json")

    assert answer.status_code == 207
    assert answer.headers["content-type"].startswith("multipart/mixed; boundary=Boundary")
    assert answer.content.count(b"Content-Type: application/json") == 3
    assert await statuses(office) == {first: "Read", second: "Read"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_each_part_is_for_the_id_at_its_place(office: Office, method: str) -> None:
    first, second = await received(office)

    answer = await send(
        office,
        method,
        f"{second},{first}",
        joined(READ, UNREAD),
        "multipart/mixed; boundary=b",
        Accept=JSON,
    )

    shown = [(one["resourceId"], one["body"]["readStatus"]) for one in answer.json()]
    assert (answer.status_code, shown) == (207, [(str(second), "Read"), (str(first), "Unread")])
    assert await statuses(office) == {first: "Unread", second: "Read"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("where", ["path", "body", "both"])
async def test_the_json_form_names_its_ids_in_path_or_body(
    office: Office, method: str, where: str
) -> None:
    ids = await received(office)
    named = where != "path"
    body = [{"resourceId": str(id), "body": READ} if named else {"body": READ} for id in ids]
    path = "*" if where == "body" else ",".join(map(str, ids))

    answer = await send(office, method, path, body)

    assert (answer.status_code, answer.headers["content-type"]) == (207, JSON)
    assert [(one["resourceId"], one["status"]) for one in answer.json()] == [
        (str(id), 200) for id in ids
    ]
    assert set((await statuses(office)).values()) == {"Read"}


async def test_an_id_of_nineteen_digits_is_an_id_in_every_form(office: Office) -> None:
    [id] = await received(office, 1)
    body = [{"resourceId": str(one), "body": READ} for one in (id, ABSENT)]

    in_body = await send(office, "PUT", "*", body)
    in_path = await send(office, "PUT", f"{id},{ABSENT}", READ, "application/json", Accept=JSON)

    for answer in (in_body, in_path):
        assert [one["status"] for one in answer.json()] == [200, 404]
        assert answer.json()[1]["body"]["errorCode"] == "CMN-102"


async def test_a_body_about_other_ids_than_the_path_changes_nothing(office: Office) -> None:
    first, second = await received(office)
    body = [{"resourceId": str(id), "body": READ} for id in (second, first)]

    answer = await send(office, "PUT", f"{first},{second}", body)

    assert answer.status_code == 400
    assert set((await statuses(office)).values()) == {"Unread"}


BAD = {
    "no entry": ("*", []),
    "no id": ("*", [{"body": READ}]),
    "an id that is none": ("*", [{"resourceId": "x", "body": READ}]),
    "an id that is too large": ("*", [{"resourceId": "9" * 19, "body": READ}]),
    "no body": ("*", [{"resourceId": "1"}]),
    "no wish": ("*", [{"resourceId": "1", "body": {}}]),
    "an object": ("*", {"resourceId": "1", "body": READ}),
    "fewer entries than ids": ("1,2", [{"body": READ}]),
    "a word": ("1,2", "Read"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_json_form_that_cannot_be_meant_is_400(
    office: Office, method: str, name: str
) -> None:
    path, body = BAD[name]

    answer = await send(office, method, path, body)

    assert answer.status_code == 400


async def test_there_are_as_many_ids_as_documented_and_no_more(office: Office) -> None:
    fifty, many = ",".join(["1"] * 51), [str(one) for one in range(1, 1002)]
    marks = [{"resourceId": one, "body": READ} for one in many]

    answers = [
        await send(office, "PUT", fifty, READ, "application/json"),
        await send(office, "PATCH", "*", marks),
        await send(office, "DELETE", "*", many, "application/json"),
        await office.call(102, "DELETE", f"message-store/{fifty}"),
    ]
    most = await send(office, "PUT", "*", marks[:1000])

    assert [refusal(answer) for answer in answers] == [(400, "CMN-106")] * 4
    assert most.status_code == 207
    assert len(most.json()) == 1000


async def test_an_id_that_is_named_twice_is_deleted_once(office: Office) -> None:
    [id] = await received(office, 1)

    answer = await office.call(102, "DELETE", f"message-store/{id},{id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert [one["id"] for one in await office.inbox(102, availability="Deleted")] == [id]


async def test_a_deletion_that_fails_in_part_tells_which(office: Office) -> None:
    first, second = await received(office)

    answer = await send(
        office, "DELETE", "*", [str(first), str(ABSENT)], "application/json", Accept=JSON
    )

    assert answer.status_code == 207
    assert [(one["resourceId"], one["status"]) for one in answer.json()] == [
        (str(first), 200),
        (str(ABSENT), 404),
    ]
    assert list(await statuses(office)) == [second]
