"""Rule 1: a page to several extensions, and what the sender is told."""

import pytest

from tests.office import Office, refusal


def numbers(message: dict) -> list[str]:  # type: ignore[type-arg]
    return [party["extensionNumber"] for party in message["to"]]


async def test_a_page_answers_as_in_the_guide(office: Office) -> None:
    body = {
        "to": [{"extensionNumber": "102"}, {"extensionNumber": "103"}],
        "from": {"extensionNumber": "101"},
        "text": "Hello!",
    }

    answer = await office.call(101, "POST", "company-pager", json=body)

    assert answer.status_code == 200
    page = answer.json()
    assert numbers(page) == ["101", "102", "103"]
    assert page["from"]["extensionNumber"] == "101"
    expected = {
        "type": "Pager",
        "direction": "Outbound",
        "messageStatus": "Sent",
        "readStatus": "Unread",
        "priority": "Normal",
        "availability": "Alive",
        "subject": "Hello!",
        "conversationId": page["id"],
        "pgToDepartment": False,
    }
    assert {name: page[name] for name in expected} == expected
    [attachment] = page["attachments"]
    assert attachment["id"] == 1
    assert attachment["contentType"] == "text/plain"
    assert attachment["uri"] == f"{page['uri']}/content/1"
    assert page["uri"].startswith("http://postroom.test/restapi/v1.0/account/")


async def test_every_copy_shows_the_same_recipients(office: Office) -> None:
    sent = (await office.page(101, 102, 103)).json()

    for who in (102, 103):
        [copy] = await office.inbox(who)
        assert copy["to"] == sent["to"]
        assert copy["from"] == sent["from"]
        assert (copy["direction"], copy["messageStatus"]) == ("Inbound", "Received")
        assert (copy["conversationId"], copy["subject"]) == (sent["id"], "Hello!")
        assert copy["id"] != sent["id"]


async def test_recipients_stand_as_asked_each_once_and_a_department_as_itself(
    office: Office,
) -> None:
    one = (await office.page(101, 104)).json()
    many = (await office.page(101, 103, 200, 102, 103, 200)).json()

    assert numbers(one) == ["101", "104"]
    assert numbers(many) == ["101", "103", "200", "102"]


async def test_recipients_may_be_named_by_id(office: Office) -> None:
    body = {"to": [{"extensionId": str(office.id(102))}, {"extensionId": int(office.id(103))}]}

    answer = await office.call(101, "POST", "company-pager", json={**body, "text": "Hi"})

    assert numbers(answer.json()) == ["101", "102", "103"]


@pytest.mark.parametrize("stranger", [{"extensionNumber": "999"}, {"extensionId": "123456789"}])
async def test_an_extension_of_nobody_or_of_another_account_is_unknown(
    office: Office, stranger: dict[str, str]
) -> None:
    body = {"to": [{"extensionNumber": "102"}, stranger], "text": "Hi"}

    answer = await office.call(101, "POST", "company-pager", json=body)

    assert refusal(answer) == (400, "CMN-102")
    assert answer.json()["errors"][0]["parameterName"] == "to"
    assert await office.inbox(102) == []
    assert await office.inbox(101) == []


async def test_naming_oneself_gives_an_inbound_copy_as_well(office: Office) -> None:
    sent = (await office.page(101, 101)).json()

    mine = await office.inbox(101)

    assert sorted(copy["direction"] for copy in mine) == ["Inbound", "Outbound"]
    assert {copy["conversationId"] for copy in mine} == {sent["id"]}


async def test_a_person_reached_twice_gets_one_copy(office: Office) -> None:
    await office.page(101, 102, 200)

    assert len(await office.inbox(102)) == 1
    assert len(await office.inbox(103)) == 1
