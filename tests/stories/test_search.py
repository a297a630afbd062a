"""Searching a mailbox by the words of its messages."""

import asyncio
from typing import Any

import pytest

from tests.office import OUTSIDE, V1, Office, refusal

SUPPORT = 200


async def search(office: Office, who: int, words: str, **filters: Any) -> list[int]:
    """The ids that a search finds now."""
    return [one["id"] for one in await office.inbox(who, search=words, **filters)]


async def soon(office: Office, who: int, words: str, count: int = 1, **filters: Any) -> list[int]:
    """The ids, as soon as there are so many."""
    async with asyncio.timeout(10):
        while True:
            found = await search(office, who, words, **filters)
            if len(found) == count:
                return found
            await asyncio.sleep(0.05)


async def test_a_message_is_found_by_its_words(office: Office) -> None:
    sent = (await office.sms(102, "+16505550102", OUTSIDE, "Das Fräulein kommt um 5")).json()
    page = (await office.page(101, 102, text="Fraulein Smilla, says the FRÄULEIN")).json()

    both = await soon(office, 102, "fraulein", 2)

    assert both[1] == sent["id"]
    assert await search(office, 102, '"says the fraulein"') == both[:1]
    assert await search(office, 102, "smil*") == both[:1]
    assert await search(office, 102, "smil") == []
    assert await soon(office, 101, "smilla") == [page["id"]]


async def test_a_search_takes_the_filters_of_a_list(office: Office) -> None:
    sms = (await office.sms(102, "+16505550102", OUTSIDE, "lunch today")).json()["id"]
    await office.page(101, 102, text="lunch tomorrow")
    newest, oldest = await soon(office, 102, "lunch", 2)

    assert oldest == sms
    assert await search(office, 102, "lunch", messageType="SMS") == [sms]
    assert await search(office, 102, "lunch", direction="Inbound") == [newest]
    assert await search(office, 102, "lunch", phoneNumber=OUTSIDE) == [sms]
    assert await search(office, 102, "lunch", phoneNumber="+14155550199") == []
    assert await search(office, 102, "lunch", dateTo="2001") == []
    typed = await office.call(102, "GET", "sms", params={"search": "lunch"})
    assert [one["id"] for one in typed.json()["records"]] == [sms]
    assert typed.json()["paging"]["totalElements"] == 1
    assert "search=lunch" in typed.json()["uri"]
    typed = await office.call(102, "GET", "company-pager", params={"search": "lunch"})
    assert [one["id"] for one in typed.json()["records"]] == [newest]


async def test_pages_of_a_search_are_the_whole_once(office: Office) -> None:
    for n in range(7):
        await office.page(101, 102, text=f"number {n} of a series")
    whole = await soon(office, 102, "series", 7)

    pages: list[int] = []
    for page in (1, 2, 3):
        params = {"search": "series", "perPage": 3, "page": page}
        answer = (await office.call(102, "GET", "message-store", params=params)).json()
        assert answer["paging"]["totalElements"] == 7
        pages += [one["id"] for one in answer["records"]]
    assert pages == whole


async def test_a_deleted_message_is_found_as_deleted_and_a_purged_one_never(office: Office) -> None:
    await office.page(101, 102, text="confidential matter")
    [id] = await soon(office, 102, "confidential")

    await office.call(102, "DELETE", f"message-store/{id}")
    assert await search(office, 102, "confidential") == []
    assert await search(office, 102, "confidential", availability="Deleted") == [id]

    await office.call(102, "DELETE", f"message-store/{id}?purge=true")
    every = ["Alive", "Deleted", "Purged"]
    assert await search(office, 102, "confidential", availability=every) == []
    assert id in [one["id"] for one in await office.inbox(102, availability=every)]


async def test_a_closed_conversation_is_not_found(office: Office) -> None:
    await office.page(101, SUPPORT, text="for support only")
    await office.page(101, 102, text="only for Ben")
    assert len(await soon(office, 102, "only", 2)) == 2

    await office.assign(SUPPORT, remove=(102,))
    assert len(await search(office, 102, "only")) == 1

    await office.assign(SUPPORT, add=(102,))
    assert len(await search(office, 102, "only")) == 2


async def test_other_mailboxes_are_never_found(office: Office) -> None:
    await office.page(101, 102, text="between us two")
    await soon(office, 102, "between")

    assert await search(office, 103, "between") == []
    theirs = f"{V1}/account/~/extension/{office.id(102)}/message-store?search=between"
    assert refusal(await office.call(103, "GET", theirs)) == (403, "CMN-404")


@pytest.mark.parametrize(
    "words",
    ["%20", "*", '""', "!!!", "x" * 1001, "%00", "+".join("abcdefghijklmnopqrstuvwxyz0123456789")],
)
async def test_a_search_without_words_or_with_too_many_is_refused(
    office: Office, words: str
) -> None:
    answer = await office.call(102, "GET", f"message-store?search={words}")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["errors"][0]["parameterName"] == "search"
