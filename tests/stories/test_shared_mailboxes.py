"""A list may show the mailboxes of the departments that somebody manages."""

from typing import Any

import pytest

from postroom.directory import provisioning
from tests.office import V1, Office, refusal

SUPPORT = 200
Shown = list[tuple[str, str | None]]


async def managed(office: Office, number: int) -> None:
    """Make somebody the manager of Support, and write to it and to him."""
    company = office.company
    await provisioning.set_managers(
        office.house.store, company, office.id(SUPPORT), [office.id(number)], office.clock()
    )
    await office.page(101, SUPPORT, text="to all of Support")
    await office.page(101, number, text="to you alone")


async def shown(office: Office, who: int, **filters: Any) -> Shown:
    """Texts, and whose mailbox they lie in where it is a shared one."""
    found = await office.inbox(who, **filters)
    return [(one["subject"], one.get("owner", {}).get("name")) for one in found]


async def test_a_manager_lists_his_mailbox_and_the_shared_one(office: Office) -> None:
    await managed(office, 103)
    own: Shown = [("to you alone", None), ("to all of Support", None)]
    shared: Shown = [("to all of Support", "Support")]

    assert await shown(office, 103) == own
    assert await shown(office, 103, owner="Personal") == own
    assert await shown(office, 103, owner="Shared") == shared
    assert await shown(office, 103, owner=str(office.id(SUPPORT))) == shared
    assert await shown(office, 103, voicemailOwner=str(office.id(SUPPORT))) == shared
    assert sorted(await shown(office, 103, owner="Any"), key=str) == sorted(own + shared, key=str)
    assert await shown(office, 103, owner="Any", ownerExtensionType="Department") == shared
    assert await shown(office, 103, owner="Any", ownerExtensionType="Bot") == []


async def test_pages_of_several_mailboxes_are_the_whole_once(office: Office) -> None:
    await managed(office, 103)
    whole = [one["uri"] for one in await office.inbox(103, owner="Any")]

    pages: list[str] = []
    for page in (1, 2, 3, 4):
        params: dict[str, Any] = {"owner": "Any", "perPage": 1, "page": page}
        answer = (await office.call(103, "GET", "message-store", params=params)).json()
        assert answer["paging"]["totalElements"] == 3
        pages += [one["uri"] for one in answer["records"]]
    assert pages == whole
    assert len(set(whole)) == 3


async def test_whoever_manages_nothing_has_no_shared_mailbox(office: Office) -> None:
    await managed(office, 103)

    assert await shown(office, 102, owner="Shared") == []
    foreign = await office.call(102, "GET", f"message-store?owner={office.id(SUPPORT)}")
    assert refusal(foreign) == (403, "CMN-404")
    theirs = f"{V1}/account/~/extension/{office.id(SUPPORT)}/message-store?owner=Any"
    assert (await office.call(103, "GET", theirs)).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("owner=personal", "owner"),
        ("owner=0", "owner"),
        ("owner=~", "owner"),
        ("owner=Any&owner=-1", "owner"),
        (f"owner={'9' * 30}", "owner"),
        ("voicemailOwner=Nobody", "voicemailOwner"),
        ("ownerExtensionType=Letterbox", "ownerExtensionType"),
        ("owner=Any&page=200&perPage=100", "page"),
    ],
)
async def test_an_unknown_owner_is_refused_by_name(office: Office, query: str, name: str) -> None:
    answer = await office.call(101, "GET", f"message-store?{query}")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["errors"][0]["parameterName"] == name
