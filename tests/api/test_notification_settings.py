"""Notification settings at the counter, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from postroom.directory import provisioning
from postroom.store.database import StoreSettings
from tests.goldens import agrees
from tests.office import V1, Office, opened, refusal

PATH = "notification-settings"


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(store_settings, tmp_path) as office:
        yield office


def of(office: Office, number: int) -> str:
    return f"{V1}/account/~/extension/{office.id(number)}/{PATH}"


async def read(office: Office, who: int, path: str = PATH) -> dict[str, Any]:
    answer = await office.call(who, "GET", path)
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


async def changed(office: Office, who: int, path: str = PATH, **members: Any) -> dict[str, Any]:
    answer = await office.call(who, "PUT", path, json=members)
    assert answer.status_code == 200, answer.text
    settings: dict[str, Any] = answer.json()
    return settings


async def managed(office: Office, *numbers: int) -> None:
    """Let people manage the department 200."""
    ids = [office.id(number) for number in numbers]
    await provisioning.set_managers(
        office.house.store, office.company, office.id(200), ids, office.clock(), present=True
    )
    await office.call(101, "GET", f"{V1}/account/~/extension")


async def test_settings_that_nobody_chose(office: Office) -> None:
    await office.token(101)
    await managed(office, 107)

    agrees(office, "notification_settings", await read(office, 102))
    agrees(office, "notification_settings_of_department", await read(office, 101, of(office, 200)))


async def test_a_change_answers_with_everything_and_is_kept(office: Office) -> None:
    before = await read(office, 102)

    after = await changed(
        office,
        102,
        emailAddresses=["ben@example.com", "desk@example.com"],
        smsPhoneNumbers=["(650) 555-0102", "+14155550123"],
        advancedMode=True,
        voicemails={"markAsRead": True, "advancedSmsPhoneNumbers": ["+16505550101"]},
        unknown={"is": "ignored"},
    )

    assert after == {
        **before,
        "emailAddresses": ["ben@example.com", "desk@example.com"],
        "smsPhoneNumbers": ["+16505550102", "+14155550123"],
        "advancedMode": True,
        "voicemails": {
            **before["voicemails"],
            "markAsRead": True,
            "advancedSmsPhoneNumbers": ["+16505550101"],
        },
    }
    assert await read(office, 102) == after
    assert (await read(office, 103))["advancedMode"] is False


async def test_what_a_change_leaves_out_stays_and_what_is_empty_goes(office: Office) -> None:
    await changed(office, 102, smsPhoneNumbers=["+14155550123"], advancedMode=True)
    await changed(office, 102, inboundTexts={"notifyByEmail": True})
    after = await changed(office, 102, inboundTexts={"notifyBySms": True}, emailAddresses=[])

    assert after["smsPhoneNumbers"] == ["+14155550123"]
    assert after["advancedMode"] is True
    assert after["inboundTexts"]["notifyByEmail"] is True
    assert after["inboundTexts"]["notifyBySms"] is True
    assert after["emailAddresses"] == []
    assert (await changed(office, 102, smsPhoneNumbers=[]))["smsPhoneNumbers"] == []


async def test_what_was_read_can_be_written_back(office: Office) -> None:
    for number in (102, 200):
        settings = await read(office, 101, of(office, number))

        assert await changed(office, 101, of(office, number), **settings) == settings


async def test_a_department_tells_its_managers_unless_somebody_else_is_named(
    office: Office,
) -> None:
    await office.token(101)
    await managed(office, 107)
    path, fay = of(office, 200), ["fay@home.example"]
    await changed(office, 107, emailAddresses=fay)

    by_manager = await changed(
        office, 107, path, includeManagers=False, emailAddresses=["desk@example.com"]
    )
    silent = await office.call(
        101, "PUT", path, json={"includeManagers": False, "emailAddresses": []}
    )

    assert by_manager["includeManagers"] is False
    told = {one["extensionNumber"]: one["emailAddresses"] for one in by_manager["emailRecipients"]}
    assert told == {"101": ["ada@demo.invalid"], "107": fay}
    assert refusal(silent) == (400, "CMN-101")
    assert (await read(office, 101, path))["emailAddresses"] == ["desk@example.com"]
    assert (await changed(office, 101, path, advancedMode=True))["includeManagers"] is True
    assert "includeManagers" not in await changed(office, 102, includeManagers=False)


NUMBERS = [f"+1415555{n:04}" for n in range(11)]
WRONG: dict[str, tuple[Any, str, str]] = {
    "eleven numbers": ({"smsPhoneNumbers": NUMBERS}, "smsPhoneNumbers", "CMN-101"),
    "no number": ({"smsPhoneNumbers": ["Ben"]}, "smsPhoneNumbers", "CMN-101"),
    "an empty number": ({"smsPhoneNumbers": [""]}, "smsPhoneNumbers", "CMN-101"),
    "twice": (
        {"smsPhoneNumbers": ["+14155550123", "415-555-0123"]},
        "smsPhoneNumbers",
        "CMN-406",
    ),
    "eleven in advanced mode": (
        {"missedCalls": {"advancedSmsPhoneNumbers": NUMBERS}},
        "missedCalls.advancedSmsPhoneNumbers",
        "CMN-101",
    ),
    "no address": ({"emailAddresses": ["ben"]}, "emailAddresses", "CMN-101"),
    "two addresses in one": ({"emailAddresses": ["a@b.c d@e.f"]}, "emailAddresses", "CMN-101"),
    "a line": ({"emailAddresses": ["a@b.c\r\nBcc:d@e.f"]}, "emailAddresses", "CMN-101"),
    "a long address": ({"smsEmailAddresses": [f"{'a' * 254}@b"]}, "smsEmailAddresses", "CMN-101"),
    "many addresses": ({"emailAddresses": ["a@b.c"] * 51}, "emailAddresses", "CMN-101"),
    "no address in a category": (
        {"callNotes": {"advancedEmailAddresses": ["@"]}},
        "callNotes.advancedEmailAddresses",
        "CMN-101",
    ),
    "null": ({"emailAddresses": None}, "emailAddresses", "CMN-101"),
    "text for a flag": ({"advancedMode": "yes"}, "advancedMode", "CMN-101"),
    "a category is a list": ({"voicemails": []}, "voicemails", "CMN-101"),
}


async def test_what_is_wrong_is_named_and_changes_nothing(office: Office) -> None:
    before = await read(office, 102)

    for what, (body, member, code) in WRONG.items():
        answer = await office.call(102, "PUT", PATH, json={"advancedMode": True, **body})
        assert refusal(answer) == (400, code), what
        assert answer.json()["errors"][0]["parameterName"] == member, what
    assert await read(office, 102) == before


async def test_voicemail_is_not_written_down(office: Office) -> None:
    body = {"voicemails": {"includeTranscription": True}}

    answer = await office.call(102, "PUT", PATH, json=body)

    assert refusal(answer) == (403, "CMN-109")
    assert answer.json()["errors"][0]["featureName"] == "VoicemailToText"
