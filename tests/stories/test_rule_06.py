"""Rule 6: replies, and who takes part in a conversation."""

from typing import Any

from postroom.directory import provisioning
from postroom.model.ids import ConversationId
from tests.office import Office, refusal


async def reply(office: Office, who: int, on: int, **more: Any) -> Any:
    body = {"replyOn": on, "text": "ok", **more}
    return await office.call(who, "POST", "company-pager", json=body)


async def conversation(office: Office, who: int, id: int) -> list[dict[str, Any]]:
    return await office.inbox(who, conversationId=id)


async def test_a_reply_goes_to_the_participants_and_keeps_the_conversation(
    office: Office,
) -> None:
    first = (await office.page(101, 102, 103)).json()
    [mine] = await office.inbox(102)

    answer = await reply(office, 102, mine["id"])

    assert answer.status_code == 200
    sent = answer.json()
    assert sent["conversationId"] == first["id"]
    assert [party["extensionNumber"] for party in sent["to"]] == ["102", "101", "103"]
    assert len(await conversation(office, 101, first["id"])) == 2
    assert len(await conversation(office, 103, first["id"])) == 2


async def test_the_conversations_own_id_will_do(office: Office) -> None:
    first = (await office.page(101, 102)).json()

    answer = await reply(office, 102, first["id"])

    assert answer.json()["conversationId"] == first["id"]


async def test_an_unknown_id_is_refused(office: Office) -> None:
    assert refusal(await reply(office, 101, 123456)) == (400, "CMN-102")


async def test_who_is_added_takes_part_from_this_message_on(office: Office) -> None:
    first = (await office.page(101, 102)).json()

    added = await reply(office, 101, first["id"], to=[{"extensionNumber": "103"}])
    answered = await reply(office, 103, first["id"])

    assert added.status_code == answered.status_code == 200
    assert len(await conversation(office, 103, first["id"])) == 2
    assert len(await conversation(office, 102, first["id"])) == 3


async def test_a_stranger_may_not_reply(office: Office) -> None:
    first = (await office.page(101, 102)).json()

    assert refusal(await reply(office, 103, first["id"])) == (403, "MSG-326")
    assert len(await conversation(office, 101, first["id"])) == 1


async def test_a_member_takes_part_through_the_department(office: Office) -> None:
    first = (await office.page(101, 200)).json()

    answer = await reply(office, 102, first["id"])

    assert answer.status_code == 200
    assert answer.json()["pgToDepartment"] is True
    assert len(await conversation(office, 103, first["id"])) == 2
    assert len(await conversation(office, 101, first["id"])) == 2
    assert len(await conversation(office, 200, first["id"])) == 2


async def test_who_was_taken_out_can_neither_reply_nor_read(office: Office) -> None:
    first = (await office.page(101, 200)).json()
    [mine] = await office.inbox(102)
    other = (await office.page(101, 102)).json()

    await office.assign(200, remove=(102,))

    path = f"message-store/{mine['id']}"
    assert refusal(await reply(office, 102, mine["id"])) == (403, "MSG-326")
    assert refusal(await reply(office, 102, first["id"])) == (403, "MSG-326")
    assert refusal(await office.call(102, "GET", path)) == (403, "MSG-326")
    assert refusal(await office.call(102, "GET", f"{path}/content/1")) == (403, "MSG-326")
    assert refusal(await office.call(102, "DELETE", path)) == (403, "MSG-326")
    marked = await office.call(102, "PUT", path, json={"readStatus": "Read"})
    assert refusal(marked) == (403, "MSG-326")
    listed = await office.call(102, "GET", "message-store")
    assert [m["conversationId"] for m in listed.json()["records"]] == [other["id"]]
    assert listed.json()["paging"]["totalElements"] == 1
    assert await conversation(office, 102, first["id"]) == []
    [seen] = await office.inbox(102)
    batch = await office.call(
        102,
        "GET",
        f"message-store/{mine['id']},{seen['id']}",
        headers={"Accept": "application/vnd.ringcentral.multipart+json"},
    )
    assert [part["status"] for part in batch.json()] == [403, 200]


async def test_who_was_taken_out_receives_nothing_more(office: Office) -> None:
    first = (await office.page(101, 200)).json()
    await office.assign(200, remove=(102,))

    await reply(office, 101, first["id"])

    assert await office.inbox(102) == []
    assert len(await conversation(office, 103, first["id"])) == 2


async def test_put_back_they_can_again(office: Office) -> None:
    first = (await office.page(101, 200)).json()
    await office.assign(200, remove=(102,))
    await office.assign(200, add=(102,))

    answer = await reply(office, 102, first["id"])

    assert answer.status_code == 200
    assert len(await conversation(office, 102, first["id"])) == 2


async def test_totals_of_a_list_without_dates_leave_the_closed_out(office: Office) -> None:
    await office.page(101, 200)
    await office.page(101, 200)
    await office.page(101, 102)
    await office.assign(200, remove=(102,))

    answer = await office.call(
        102, "GET", "message-store", params={"dateFrom": "2000", "perPage": 1}
    )

    assert answer.json()["paging"]["totalElements"] == 1


async def test_a_named_participant_leaves_by_command_and_comes_back(office: Office) -> None:
    first = (await office.page(101, 102, 103)).json()
    [mine] = await office.inbox(102)
    id, company, now = ConversationId(first["id"]), office.company, office.clock()

    await provisioning.set_participant(
        office.house.store, company, id, office.id(102), now, present=False
    )
    gone = await office.call(102, "GET", f"message-store/{mine['id']}")
    refused = await reply(office, 102, first["id"])
    await reply(office, 103, first["id"])
    await provisioning.set_participant(
        office.house.store, company, id, office.id(102), now, present=True
    )

    assert refusal(gone) == refusal(refused) == (403, "MSG-326")
    assert len(await conversation(office, 102, first["id"])) == 1
    assert (await reply(office, 102, first["id"])).status_code == 200


async def test_who_is_deleted_takes_part_no_more(office: Office) -> None:
    first = (await office.page(101, 102, 107)).json()
    fay = office.company.by_number["107"]
    await provisioning.remove_extension(office.house.store, office.company, fay, office.clock())

    answer = await reply(office, 102, first["id"])

    assert [party["extensionNumber"] for party in answer.json()["to"]] == ["102", "101"]
