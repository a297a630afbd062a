"""Rule 10: an SMS to a disabled or frozen extension is dropped, and nobody is told."""

import pytest

from postroom.model.traffic import Alphabet, InboundSms
from postroom.observability import metrics
from tests.office import OUTSIDE, Office

INACTIVE = [("+16505550105", 105), ("+16505550106", 106)]


@pytest.mark.parametrize(("number", "who"), INACTIVE)
async def test_from_inside_it_stays_with_the_sender_as_sent(
    office: Office, number: str, who: int
) -> None:
    before = sum(metrics.dropped.values.values())

    answer = await office.sms(101, "+16505550101", number)

    assert sum(metrics.dropped.values.values()) == before + 1
    assert (answer.status_code, answer.json()["messageStatus"]) == (200, "Sent")
    [copy] = await office.inbox(101)
    assert copy["messageStatus"] == "Sent"
    assert await office.inbox_of(who) == []


@pytest.mark.parametrize(("number", "who"), INACTIVE)
async def test_from_outside_the_carrier_is_told_that_all_is_well(
    office: Office, number: str, who: int
) -> None:
    before = sum(metrics.dropped.values.values())
    sms = InboundSms(
        carrier="simulator", sender=OUTSIDE, recipient=number, octets=b"x", alphabet=Alphabet.GSM7
    )

    await office.house.border.receive(sms)

    assert await office.inbox_of(who) == []
    assert sum(metrics.dropped.values.values()) == before + 1
