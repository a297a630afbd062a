"""The guide's own requests, to the letter: they are taken, and the answers are golden files."""

from typing import Any

import httpx

from postroom.directory import provisioning
from tests.goldens import agrees
from tests.office import Office

HEAD = {"Content-Type": "application/json   "}
SMS = """{
   "to": [{"phoneNumber": "14151003732"}],
   "from": {"phoneNumber": "16509100010"}, 
   "text": "Test SMS message"
}   
"""  # noqa: W291
PAGE = """{
"to": [{"extensionNumber": "102"}, 
       {"extensionNumber": "103"}],

"from": {"extensionNumber": "101"},
"text": "Hello!"
}
"""  # noqa: W291


async def answered(answer: httpx.Response) -> dict[str, Any]:
    """The body of a good answer."""
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_sms_of_the_guide(office: Office) -> None:
    house = office.house
    await provisioning.add_number(
        house.store, office.company, house.counter.ids, "16509100010", office.id(101)
    )

    sent = await answered(await office.call(101, "POST", "sms", content=SMS, headers=HEAD))

    conversation = sent["conversationId"]
    agrees(office, "guide_sms", sent, message=sent["id"], conversation=conversation)


async def test_the_page_of_the_guide(office: Office) -> None:
    sent = await answered(
        await office.call(101, "POST", "company-pager", content=PAGE, headers=HEAD)
    )

    agrees(office, "guide_page", sent, message=sent["id"])


async def test_a_message_got_by_its_id_is_what_was_sent(office: Office) -> None:
    sent = (await office.call(101, "POST", "company-pager", content=PAGE, headers=HEAD)).json()
    headers = {"Accept": "application/json"}

    got = await answered(
        await office.call(101, "GET", f"message-store/{sent['id']}", headers=headers)
    )

    assert got == sent


async def test_a_page_of_the_mailbox_is_spelled_to_the_letter(office: Office) -> None:
    first = (await office.page(101, 102)).json()
    second = (await office.page(102, 101, replyOn=first["id"])).json()

    listed = await answered(await office.call(101, "GET", "message-store"))

    assert [one["conversationId"] for one in listed["records"]] == [first["id"]] * 2
    inbound = listed["records"][0]["id"]
    agrees(office, "message_list", listed, first=first["id"], inbound=inbound)
    assert second["id"] not in (first["id"], inbound)
