"""A copy of several mailboxes: one's own, and those of the departments that one manages."""

from typing import Any

import pytest

from postroom.directory import provisioning
from tests.office import Office
from tests.sync.copies import Copy, begun

OWNERS = ("Shared", "Any", "Personal")


async def manage(office: Office, department: int, who: int, *, present: bool) -> None:
    """Make somebody a manager of a department, or let him be one no longer."""
    store, companies = office.house.store, office.house.companies
    company = await companies.current(office.company.account_id)
    of, managers = company.by_number[str(department)].id, [company.by_number[str(who)].id]
    await provisioning.set_managers(store, company, of, managers, office.clock(), present=present)


async def busy(office: Office, count: int) -> None:
    """Pages to people and to both departments."""
    for n in range(count):
        await office.page(102, *((101,), (200,), (103,), (200, 101))[n % 4], text=f"{n}")
        office.clock.forward(700)


@pytest.mark.parametrize("owner", OWNERS)
async def test_the_copy_is_what_the_list_shows(office: Office, owner: str) -> None:
    await busy(office, 8)
    copy = await begun(office, 101, owner=owner)
    assert copy.records
    assert await copy.is_true()

    await busy(office, 8)
    told = await copy.changed()
    assert told
    assert await copy.is_true()

    for record in list(copy.records.values())[:4]:
        extension = record["extensionId"]
        path = f"/restapi/v1.0/account/~/extension/{extension}/message-store/{record['id']}"
        await office.call(101, "DELETE", path)
    gone = await copy.changed()
    assert [one["availability"] for one in gone] == ["Deleted"] * 4
    assert await copy.is_true()
    assert await copy.changed() == []


@pytest.mark.parametrize("count", [1, 3])
async def test_who_goes_on_from_the_last_record_misses_nothing(office: Office, count: int) -> None:
    await busy(office, 24)
    frame: dict[str, Any] = {"owner": "Any", "recordCount": count, "dateFrom": "2000-01-01"}
    seen: dict[int, Any] = {}
    copy = Copy(office, 101, **frame)
    until: dict[str, str] = {}
    for _ in range(100):
        answer = (await copy.ask(syncType="FSync", **frame, **until)).json()
        assert answer["records"]
        seen |= {record["id"]: record for record in answer["records"]}
        if not answer["syncInfo"]["olderRecordsExist"]:
            break
        until = {"dateTo": answer["records"][-1]["creationTime"]}

    listed = await office.inbox(101, owner="Any", dateFrom="2000-01-01")
    assert len(listed) > 20
    assert seen == {record["id"]: record for record in listed}


async def test_what_is_no_longer_shared_asks_for_a_full_synchronization(office: Office) -> None:
    await manage(office, 200, 103, present=True)
    await busy(office, 8)
    copy = await begun(office, 103, owner="Shared")
    assert copy.records
    assert await copy.is_true()

    await manage(office, 200, 103, present=False)
    refused = await copy.ask(syncType="ISync", syncToken=copy.token)

    assert refused.status_code == 400
    assert refused.json()["errorCode"] == "MSG-333"
    await copy.full()
    assert copy.records == {}


async def test_what_is_newly_shared_asks_for_a_full_synchronization(office: Office) -> None:
    await busy(office, 8)
    copy = await begun(office, 103, owner="Any")
    await manage(office, 200, 103, present=True)

    told = await copy.ask(syncType="ISync", syncToken=copy.token, owner="Any")

    assert told.json()["errorCode"] == "MSG-333"
    await copy.full()
    assert await copy.is_true()


async def test_a_token_of_several_mailboxes_is_bound_to_who_asked(office: Office) -> None:
    await busy(office, 4)
    copy = await begun(office, 101, owner="Any")

    for who, more in ((102, {}), (101, {"owner": "Personal"}), (101, {"direction": "Inbound"})):
        other = Copy(office, who)
        answer = await other.ask(syncType="ISync", syncToken=copy.token, **more)
        assert answer.json()["errorCode"] == "MSG-333", (who, more)
    same = await copy.ask(syncType="ISync", syncToken=copy.token, owner="Any")
    assert same.status_code == 200


async def test_one_department_alone_may_be_named(office: Office) -> None:
    await busy(office, 8)
    copy = await begun(office, 101, owner=str(office.id(200)))

    assert {record["owner"]["name"] for record in copy.records.values()} == {"Support"}
    await busy(office, 4)
    assert await copy.changed()
    assert await copy.is_true()
