"""FSync: the newest records of a frame, and how a client goes on from there."""

from typing import Any

from tests.office import DAY_MS, Office
from tests.sync.copies import EVER, Copy, begun


async def fill(office: Office, seconds: list[int]) -> None:
    """So many pages to Ben in each of the following seconds."""
    for count in seconds:
        begin = office.clock()
        office.clock.forward(1000 - begin % 1000)
        for _ in range(count):
            await office.page(101, 102)


def times(body: dict[str, Any]) -> list[str]:
    return [record["creationTime"] for record in body["records"]]


async def test_a_frame_begins_a_week_ago(office: Office) -> None:
    await office.page(101, 102, text="old")
    office.forward(7 * DAY_MS + 2000)
    await office.page(101, 102, text="new")

    answer = await office.call(102, "GET", "message-sync", params={"syncType": "FSync"})

    assert [record["subject"] for record in answer.json()["records"]] == ["new"]
    assert answer.json()["syncInfo"]["olderRecordsExist"] is False


async def test_the_answer_has_its_address_and_its_time(office: Office) -> None:
    body = await Copy(office, 102).full()

    assert body["uri"].endswith(f"/extension/{office.id(102)}/message-sync")
    assert set(body["syncInfo"]) == {"syncType", "syncToken", "syncTime", "olderRecordsExist"}
    assert body["syncInfo"]["syncTime"].endswith("Z")


async def test_the_newest_come_first_and_no_second_is_cut_in_two(office: Office) -> None:
    await fill(office, [2, 3, 1])

    for count in range(1, 8):
        body = await Copy(office, 102).full(recordCount=count)
        records = body["records"]
        assert len(records) >= min(count, 6)
        assert times(body) == sorted(times(body), reverse=True)
        everything = await office.inbox(102, dateFrom=times(body)[-1])
        assert [one["id"] for one in records] == [one["id"] for one in everything]
        assert body["syncInfo"]["olderRecordsExist"] is (len(records) < 6)


async def test_a_client_that_goes_on_from_the_last_record_gets_everything(office: Office) -> None:
    """Embeddable's way: `dateTo` is the creation time of the last record."""
    await fill(office, [3, 1, 4, 2])

    for count in (1, 2, 3, 100):
        have: set[int] = set()
        frame: dict[str, Any] = {}
        for _ in range(10):
            body = await Copy(office, 102).full(recordCount=count, **frame)
            have |= {record["id"] for record in body["records"]}
            if not body["syncInfo"]["olderRecordsExist"]:
                break
            frame = {"dateTo": body["records"][-1]["creationTime"]}
        assert len(have) == 10


async def test_the_filters_are_those_of_the_list(office: Office) -> None:
    first = (await office.page(101, 102)).json()["id"]
    await office.page(102, 103)
    await office.sms(102, "+16505550102", "+16505550103")
    frames: list[dict[str, Any]] = [
        {"messageType": "SMS"},
        {"messageType": ["SMS", "Fax"], "direction": "Outbound"},
        {"direction": "Inbound"},
        {"conversationId": first},
        {"distinctConversations": "true"},
        {"owner": "Any", "recordCountPerConversation": 100},
        {"owner": "Personal", "ownerExtensionType": "User"},
        {"voicemailOwner": office.id(102)},
    ]

    for frame in frames:
        copy = await begun(office, 102, **frame)
        assert copy.records, frame
        assert await copy.is_true()


async def test_nothing_is_shared_with_who_manages_nothing(office: Office) -> None:
    await office.page(101, 102)

    copy = await begun(office, 102, owner="Shared")
    await office.page(101, 102)
    assert copy.records == {}
    assert await copy.changed() == []

    answer = await copy.ask(syncType="FSync", owner=str(office.id(103)))
    assert answer.status_code == 403


async def test_isync_adds_older_records_from_an_earlier_date(office: Office) -> None:
    await fill(office, [1, 1, 1])
    listed = await office.inbox(102)
    copy = await begun(office, 102, dateFrom=listed[0]["creationTime"])
    assert len(copy.records) == 1

    assert len(await copy.changed(dateFrom=EVER)) == 2

    await office.call(102, "DELETE", f"message-store/{listed[2]['id']}")
    assert [record["id"] for record in await copy.changed()] == [listed[2]["id"]]


async def test_isync_adds_older_records_up_to_a_larger_count(office: Office) -> None:
    await fill(office, [1, 1, 1, 1, 1])
    copy = Copy(office, 102)
    await copy.full(recordCount=2)
    assert len(copy.records) == 2

    answer = await copy.ask(syncToken=copy.token, recordCount=4)
    assert len(answer.json()["records"]) == 2
    assert answer.json()["syncInfo"]["olderRecordsExist"] is True
    await copy.changed(recordCount=4)
    assert len(copy.records) == 4
    assert await copy.changed(recordCount=3) == []
    await copy.changed(recordCount=100)
    assert await copy.is_true()


async def test_changes_of_records_that_were_cut_off_are_told_as_well(office: Office) -> None:
    """The client may have them from another FSync, whose token it threw away."""
    await fill(office, [1, 1])
    copy = Copy(office, 102)
    await copy.full(recordCount=1)
    older = (await office.inbox(102))[1]["id"]

    await office.call(102, "DELETE", f"message-store/{older}")

    assert [record["id"] for record in await copy.changed()] == [older]
