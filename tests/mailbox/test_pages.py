"""Pages of a mailbox: whatever is asked, they are what sorting everything would give."""

import itertools
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from postroom.mailbox import paging, plans
from postroom.store.database import StoreSettings
from tests.office import OUTSIDE, Office, opened

EVER = {"dateFrom": "2000"}


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """An office whose Ben has a full mailbox, with a conversation that is closed to him."""
    async with opened(store_settings, tmp_path) as office:
        chance = random.Random(7)
        for n in range(45):
            await office.page(101, *chance.choice(([102], [102, 103], [200])), text=f"{n}")
        for n in range(10):
            await office.sms(102, "+16505550102", OUTSIDE, f"sms {n}")
        listed = await office.inbox(102, messageType="Pager")
        for message in chance.sample(listed, 12):
            await office.call(102, "DELETE", f"message-store/{message['id']}")
        for message in chance.sample(await office.inbox(102), 8):
            path = f"message-store/{message['id']}"
            await office.call(102, "PUT", path, json={"readStatus": "Read"})
        await office.assign(200, remove=(102,))
        yield office


async def pages(office: Office, filters: dict[str, Any], size: int) -> tuple[list[Any], set[int]]:
    """All pages one after the other, and the totals that they named."""
    records: list[Any] = []
    totals: set[int] = set()
    page = 1
    while True:
        params = {**filters, "page": page, "perPage": size}
        answer = (await office.call(102, "GET", "message-store", params=params)).json()
        records += [one["id"] for one in answer["records"]]
        totals.add(answer["paging"]["totalElements"])
        if "nextPage" not in answer["navigation"]:
            return records, totals
        page += 1


FILTERS: list[dict[str, Any]] = [
    EVER,
    {},
    {**EVER, "messageType": "Pager"},
    {**EVER, "messageType": ["SMS", "Fax"]},
    {**EVER, "direction": "Inbound", "readStatus": "Unread"},
    {**EVER, "direction": "Inbound"},
    {**EVER, "availability": "Deleted"},
    {**EVER, "availability": ["Alive", "Deleted"]},
    {**EVER, "phoneNumber": OUTSIDE},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_all_pages_together_are_the_whole_list_once(
    office: Office, filters: dict[str, Any]
) -> None:
    whole, [total] = await pages(office, filters, 1000)

    for size in (1, 7, 10):
        assert await pages(office, filters, size) == (whole, {total})
    assert len(whole) == len(set(whole)) == total
    assert len(whole) > 0


async def test_any_page_may_be_asked_for_first(office: Office) -> None:
    whole, [total] = await pages(office, EVER, 1000)
    last = -(-total // 7)

    for page in (last, 3, last - 1, 1, last + 1):
        params = {**EVER, "page": page, "perPage": 7}
        answer = (await office.call(102, "GET", "message-store", params=params)).json()
        begin = (page - 1) * 7
        assert [one["id"] for one in answer["records"]] == whole[begin : begin + 7]


async def test_distinct_conversations_show_the_newest_of_each(office: Office) -> None:
    everything = await office.inbox(102, **EVER)
    newest: dict[int, int] = {}
    for message in everything:
        newest.setdefault(message["conversationId"], message["id"])

    distinct = await office.inbox(102, distinctConversations="true", **EVER)

    assert [message["id"] for message in distinct] == list(newest.values())


@pytest.mark.parametrize("merged", [16, 2])
@pytest.mark.parametrize("since", [EVER, {}])
async def test_several_conversations_are_what_each_of_them_is(
    office: Office, merged: int, since: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MERGED", merged)
    everything = await office.inbox(102, **EVER)
    talks = list(dict.fromkeys(one["conversationId"] for one in everything))[::2][:5]
    expected = [one["id"] for one in everything if one["conversationId"] in talks]
    filters = {**since, "conversationId": talks}

    assert len(talks) == 5
    assert await pages(office, filters, 1000) == (expected, {len(expected)})
    assert await pages(office, filters, 3) == (expected, {len(expected)})
    distinct = await office.inbox(102, **filters, distinctConversations="true")
    assert sorted(one["conversationId"] for one in distinct) == sorted(talks)


CHOICES: dict[str, tuple[Any, ...]] = {
    "messageType": ((), ("SMS",), ("Pager", "Fax")),
    "direction": ((), ("Inbound",), ("Outbound",)),
    "readStatus": ((), ("Unread",), ("Read",)),
    "availability": (("Alive",), ("Deleted",), ("Alive", "Deleted")),
}
FIELDS = {"messageType": "type"}


@pytest.mark.parametrize("few_talks", [0, 1000])
async def test_every_combination_is_what_filtering_the_whole_would_give(
    office: Office, few_talks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "FEW_TALKS", few_talks)
    everything = await office.inbox(102, **EVER, availability=["Alive", "Deleted"])

    for values in itertools.product(*CHOICES.values()):
        filters = {name: value for name, value in zip(CHOICES, values, strict=True) if value}
        expected = [
            one
            for one in everything
            if all(one[FIELDS.get(name, name)] in value for name, value in filters.items())
        ]
        newest: dict[int, int] = {}
        for one in expected:
            newest.setdefault(one["conversationId"], one["id"])

        shown = await office.inbox(102, **EVER, **filters)
        distinct = await office.inbox(102, **EVER, **filters, distinctConversations="true")
        numbered = await office.inbox(102, **EVER, **filters, phoneNumber=OUTSIDE)

        assert [one["id"] for one in shown] == [one["id"] for one in expected], filters
        assert [one["id"] for one in distinct] == list(newest.values()), filters
        sms = [one["id"] for one in expected if one["type"] == "SMS"]
        assert [one["id"] for one in numbered] == sms, filters
