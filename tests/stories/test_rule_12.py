"""Rule 12: statuses as the guide defines them, through the simulated carrier."""

import pytest

from tests.office import OUTSIDE, Office

SENDER = "+16505550101"


async def test_a_message_is_queued_then_sent_then_delivered(office: Office) -> None:
    first = (await office.sms(101, SENDER, OUTSIDE)).json()

    assert first["messageStatus"] == "Queued"
    assert "smsDeliveryTime" not in first
    delivered = await office.until(101, first["id"], "Delivered")
    assert delivered["smsDeliveryTime"].endswith("Z")
    assert delivered["lastModifiedTime"] >= first["lastModifiedTime"]


@pytest.mark.parametrize(
    ("to", "status", "error"),
    [
        ("+14155550001", "SendingFailed", "SMS-UP-410"),
        ("+14155550002", "Delivered", None),
        ("+14155550003", "DeliveryFailed", "SMS-CAR-412"),
        ("+14155550005", "Delivered", None),
        ("+14155550006", "Sent", None),
    ],
)
async def test_the_last_digits_choose_the_fate(
    office: Office, to: str, status: str, error: str | None
) -> None:
    sent = (await office.sms(101, SENDER, to)).json()

    message = await office.until(101, sent["id"], status)

    assert message.get("deliveryErrorCode") == error
    assert ("smsDeliveryTime" in message) == (status == "Delivered")


async def test_what_comes_in_is_received(office: Office) -> None:
    await office.sms(101, SENDER, "+16505550102")
    await office.page(101, 102)

    assert {copy["messageStatus"] for copy in await office.inbox(102)} == {"Received"}
