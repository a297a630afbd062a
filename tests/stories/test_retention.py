"""How long an account keeps its faxes and voicemails."""

from typing import Any

import pytest

from postroom.model.message import MessageType
from tests.lives import page, shown, sweep, voicemail
from tests.office import DAY_MS, Office, refusal

CONFIGURATION = "/restapi/v1.0/account/~/message-store-configuration"


async def test_faxes_and_voicemails_have_a_retention_and_texts_have_none(office: Office) -> None:
    await page(office)
    voice, _ = await voicemail(office)
    fax, _ = await voicemail(office, MessageType.FAX)
    await office.call(101, "PUT", CONFIGURATION, json={"retentionPeriod": 7})

    office.forward(6 * DAY_MS)
    await sweep(office)
    assert len(await shown(office, "Alive")) == 3

    office.forward(DAY_MS + 1000)
    await sweep(office)
    assert [one["type"] for one in await shown(office, "Alive")] == ["Pager"]
    assert {one["id"] for one in await shown(office, "Deleted")} == {voice, fax}


async def test_a_restored_voicemail_has_its_retention_again(office: Office) -> None:
    id, _ = await voicemail(office)
    office.forward(91 * DAY_MS)
    await sweep(office)
    await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})

    await sweep(office)

    assert len(await shown(office, "Alive")) == 1


async def test_the_retention_is_read_and_chosen_by_administrators(office: Office) -> None:
    before = await office.call(101, "GET", CONFIGURATION)
    put = await office.call(101, "PUT", CONFIGURATION, json={"retentionPeriod": 30, "x": 1})
    after = await office.call(101, "GET", CONFIGURATION)

    assert before.json() == {"retentionPeriod": 90}
    assert (put.status_code, put.json()) == (200, {"retentionPeriod": 30})
    assert after.json() == {"retentionPeriod": 30}
    other = await office.call(102, "PUT", CONFIGURATION, json={"retentionPeriod": 30})
    assert refusal(other) == (403, "CMN-408")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"retentionPeriod": None},
        {"retentionPeriod": 6},
        {"retentionPeriod": 91},
        {"retentionPeriod": 10**30},
        {"retentionPeriod": "7"},
        {"retentionPeriod": 7.5},
        [],
    ],
)
async def test_another_retention_is_refused(office: Office, body: Any) -> None:
    answer = await office.call(101, "PUT", CONFIGURATION, json=body)

    assert refusal(answer) == (400, "CMN-101")
    assert (await office.call(101, "GET", CONFIGURATION)).json() == {"retentionPeriod": 90}
