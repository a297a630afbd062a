"""Rule 11: between the company's own numbers an SMS needs no carrier."""

from tests.office import Office


async def test_it_is_sent_at_once_and_lies_in_the_neighbours_mailbox(office: Office) -> None:
    answer = await office.sms(101, "+16505550101", "+16505550102", "Lunch?")

    assert answer.json()["messageStatus"] == "Sent"
    [copy] = await office.inbox(102)
    assert (copy["direction"], copy["messageStatus"]) == ("Inbound", "Received")
    assert copy["from"]["phoneNumber"] == "+16505550101"
    assert copy["to"][0]["phoneNumber"] == "+16505550102"
    assert copy["subject"] == "Lunch?"
    assert copy["readStatus"] == "Unread"
    assert "smsSendingAttemptsCount" not in copy


async def test_each_side_has_a_conversation_of_its_own(office: Office) -> None:
    sent = (await office.sms(101, "+16505550101", "+16505550102")).json()
    [received] = await office.inbox(102)
    answer = (await office.sms(102, "+16505550102", "+16505550101")).json()

    assert answer["conversationId"] == received["conversationId"]
    mine = await office.inbox(101, conversationId=sent["conversationId"])
    assert sorted(copy["direction"] for copy in mine) == ["Inbound", "Outbound"]
