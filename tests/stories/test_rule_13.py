"""Rule 13: attributes that belong to one type appear on that type only."""

from tests.office import OUTSIDE, Office

SMS_ONLY = ("smsDeliveryTime", "smsSendingAttemptsCount", "segmentCount", "deliveryErrorCode")


def prefixed(message: dict[str, object], *prefixes: str) -> set[str]:
    return {name for name in message if name.startswith(prefixes)}


async def test_pages_have_pg_attributes_and_sms_have_none(office: Office) -> None:
    sms = (await office.sms(101, "+16505550101", OUTSIDE)).json()
    page = (await office.page(101, 102)).json()

    assert prefixed(sms, "pg", "fax", "vm") == set()
    assert prefixed(page, "sms", "fax", "vm") == set()
    assert prefixed(page, "pg") == {"pgToDepartment"}
    assert not set(SMS_ONLY) & set(page)


async def test_a_delivered_sms_has_sms_attributes(office: Office) -> None:
    sent = (await office.sms(101, "+16505550101", OUTSIDE, "ä" * 200)).json()

    message = await office.until(101, sent["id"], "Delivered")

    assert message["segmentCount"] == 2
    assert message["smsSendingAttemptsCount"] == 1
    assert prefixed(message, "sms") == {"smsDeliveryTime", "smsSendingAttemptsCount"}
