from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.store.database import StoreSettings
from tests.office import DAY_MS, Office, opened, refusal


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house on both engines."""
    async with opened(store_settings, tmp_path) as office:
        yield office


async def alive(office: Office, who: int = 101) -> list[str]:
    """The texts of the messages that are there, oldest first."""
    return [one["subject"] for one in reversed(await office.inbox(who))]


async def some(office: Office) -> dict[str, str]:
    """Two pages and an SMS of 101; the conversation of each by its text."""
    first = (await office.page(101, 102, text="one")).json()
    second = (await office.page(101, 103, text="two")).json()
    sms = (await office.sms(101, "+16505550101", "+16505550102", "three")).json()
    return {one["subject"]: one["conversation"]["id"] for one in (first, second, sms)}


async def test_without_a_filter_everything_is_deleted(office: Office) -> None:
    await some(office)

    answer = await office.call(101, "DELETE", "message-store")

    assert (answer.status_code, answer.content) == (204, b"")
    assert await alive(office) == []
    assert len(await office.inbox(101, availability="Deleted")) == 3
    assert await alive(office, 102) == ["one", "three"]


@pytest.mark.parametrize(
    ("type", "left"),
    [("SMS", ["one", "two"]), ("Pager", ["three"]), ("Text", []), ("Fax", ["one", "two", "three"])],
)
async def test_a_type_spares_the_others(office: Office, type: str, left: list[str]) -> None:
    await some(office)

    await office.call(101, "DELETE", f"message-store?type={type}")

    assert await alive(office) == left


async def test_conversations_are_deleted_in_every_spelling(office: Office) -> None:
    ids = await some(office)

    repeated = f"conversationId={ids['one']}&conversationId={ids['three']}"
    assert (await office.call(101, "DELETE", f"message-store?{repeated}")).status_code == 204
    assert await alive(office) == ["two"]
    await office.call(101, "DELETE", f"message-store?conversationId=5,{ids['two']}")
    assert await alive(office) == []


async def test_many_conversations_stand_in_the_body(office: Office) -> None:
    ids = await some(office)

    answer = await office.call(
        101, "DELETE", "message-store?conversationId=*", json=[ids["one"], int(ids["two"])]
    )

    assert answer.status_code == 204
    assert await alive(office) == ["three"]


@pytest.mark.parametrize(
    ("owner", "own", "shared"),
    [
        ("Personal", 0, 1),
        ("Shared", 1, 0),
        ("Any", 0, 0),
        ("{department}", 1, 0),
        ("{mine}&owner={department}", 0, 0),
    ],
)
async def test_the_owner_says_whose_messages_are_deleted(
    office: Office, owner: str, own: int, shared: int
) -> None:
    await office.page(102, 101, text="own")
    await office.page(102, 200, text="shared")
    named = owner.format(department=office.id(200), mine=office.id(101))

    answer = await office.call(101, "DELETE", f"message-store?owner={named}")

    left = [await office.inbox(101), await office.inbox_of(200)]
    assert (answer.status_code, list(map(len, left))) == (204, [own, shared])


@pytest.mark.parametrize(
    ("owner", "told"), [("{other}", (403, "CMN-404")), ("x", (400, "CMN-101"))]
)
async def test_what_is_not_shared_is_not_deleted(
    office: Office, owner: str, told: tuple[int, str]
) -> None:
    await some(office)
    named = owner.format(other=office.id(102))

    answer = await office.call(103, "DELETE", f"message-store?owner={named}")

    assert refusal(answer) == told
    assert await alive(office, 102) == ["one", "three"]


async def test_newer_messages_stay(office: Office) -> None:
    await some(office)
    yesterday = (await office.inbox(101))[0]["creationTime"].replace("2026", "2025")

    await office.call(101, "DELETE", f"message-store?dateTo={yesterday}")

    assert len(await alive(office)) == 3


async def test_purging_takes_the_deleted_ones_along(office: Office) -> None:
    await some(office)
    await office.call(101, "DELETE", "message-store?type=SMS")

    await office.call(101, "DELETE", "message-store?purge=True")

    assert await office.inbox(101, availability=["Alive", "Deleted"]) == []
    assert len(await office.inbox(101, availability="Purged")) == 3


async def test_conversations_of_several_are_purged_and_others_stay(office: Office) -> None:
    ids = await some(office)
    named = f"conversationId={ids['one']},{ids['two']}"

    answer = await office.call(101, "DELETE", f"message-store?{named}&purge=true")

    assert (answer.status_code, await alive(office)) == (204, ["three"])
    assert await office.inbox(101, availability="Deleted") == []
    assert len(await office.inbox(101, availability="Purged")) == 2


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ("conversationId=x", None, "CMN-101"),
        ("conversationId=*", None, "CMN-101"),
        ("conversationId=*", [], "CMN-101"),
        ("conversationId=*", ["x"], "CMN-101"),
        ("conversationId=*", [1] * 101, "CMN-106"),
        ("conversationId=" + ",".join(["1"] * 51), None, "CMN-106"),
        ("type=Letter", None, "CMN-101"),
        ("purge=perhaps", None, "CMN-101"),
        ("dateTo=tomorrow", None, "CMN-101"),
    ],
)
async def test_a_wrong_filter_deletes_nothing(
    office: Office, query: str, body: list[object] | None, code: str
) -> None:
    await some(office)

    answer = await office.call(101, "DELETE", f"message-store?{query}", json=body)

    assert refusal(answer) == (400, code)
    assert len(await alive(office)) == 3


async def test_a_conversation_that_is_closed_is_passed_over(office: Office) -> None:
    await office.page(101, 200, text="to all")
    await office.assign(200, remove=(102,))

    await office.call(102, "DELETE", "message-store")

    await office.assign(200, add=(102,))
    assert await alive(office, 102) == ["to all"]


async def test_ids_in_the_body_are_deleted(office: Office) -> None:
    await some(office)
    ids = [str(one["id"]) for one in await office.inbox(101)]

    answer = await office.call(101, "DELETE", "message-store/*", json=ids[:2])

    assert (answer.status_code, answer.content) == (204, b"")
    assert await alive(office) == ["one"]


async def test_what_is_older_than_a_day_is_deleted_too(office: Office) -> None:
    await some(office)
    office.clock.forward(DAY_MS * 30)
    office._tokens.clear()

    await office.call(101, "DELETE", "message-store")

    assert await office.inbox(101, dateFrom="2020") == []
