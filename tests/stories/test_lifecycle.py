"""The life of a message from delivery to oblivion, with the clock turned by hand."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from postroom.directory import provisioning
from postroom.mailbox import filing as mailbox
from postroom.model.filing import Filing
from postroom.model.ids import MessageId
from postroom.model.keeping import Choices
from postroom.model.message import Attachment, Direction, Message, MessageStatus, MessageType
from postroom.model.objects import Owner, key_of
from postroom.store.statements import Statement
from postroom.store.tables import metadata
from tests.office import DAY_MS, Office, refusal

CONFIGURATION = "/restapi/v1.0/account/~/message-store-configuration"
KEY = "Idempotency-Key"


async def page(office: Office, text: str = "Hello") -> int:
    """A page from 101 to 102; the id of the copy of 102."""
    await office.page(101, 102, text=text)
    return int((await office.inbox(102))[0]["id"])


async def voicemail(office: Office, type: MessageType = MessageType.VOICEMAIL) -> tuple[int, str]:
    """Lay a voicemail into the mailbox of 102, as its channel will; its id and its object."""
    house, company = office.house, office.company
    owner = Owner(company.account_id, office.id(102), MessageId(next(house.counter.ids)))
    key = key_of(owner, 1)
    await house.counter.blobs.put(key, b"RIFF" * 100)
    now = office.clock()
    copy = Message(
        account_id=owner.account_id,
        extension_id=owner.extension_id,
        id=owner.message_id,
        type=type,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=now - now % 1000,
        modified_ms=now,
        sender="{}",
        recipients="[]",
        attachments=(
            Attachment(
                number=1, kind="AudioRecording", content_type="audio/wav", key=key, size=400
            ),
        ),
    )
    filing = Filing(account_id=owner.account_id, version=company.version, messages=(copy,))
    await mailbox.file(house.store, filing)
    return int(owner.message_id), key


async def sweep(office: Office) -> None:
    """One round of the sweeper, as if it were due."""
    sweeper = office.house.sweeper
    sweeper.breath = 0
    await sweeper.round()


async def choose(office: Office, **choices: int) -> None:
    """Let the account choose what it keeps."""
    company = await office.house.companies.current(office.company.account_id)
    settings = msgspec.structs.replace(company.settings, keeping=Choices(**choices))
    await provisioning.set_account(
        office.house.store, company, main_number=company.main_number, settings=settings
    )


async def count(office: Office, table: str) -> int:
    """How many rows a table has."""
    [[rows]] = await office.house.store.fetch(
        Statement(select(func.count()).select_from(metadata.tables[table]))
    )
    return int(rows)


async def shown(office: Office, availability: str) -> list[dict[str, Any]]:
    """What 102 has in one availability, of any time."""
    return await office.inbox(102, availability=availability, dateFrom="2020-01-01")


async def test_a_text_from_delivery_to_oblivion(office: Office) -> None:
    id = await page(office, "Hello")
    assert (await office.call(102, "DELETE", f"message-store/{id}")).status_code == 204

    office.forward(5 * DAY_MS - 60_000)
    await sweep(office)
    [deleted] = await shown(office, "Deleted")
    assert deleted["subject"] == "Hello"

    office.forward(120_000)
    await sweep(office)
    [purged] = await shown(office, "Purged")
    assert purged["id"] == id
    assert "subject" not in purged
    content = await office.call(102, "GET", f"message-store/{id}/content/{id}")
    assert refusal(content) == (404, "CMN-102")
    restored = await office.call(
        102, "PATCH", f"message-store/{id}", json={"availability": "Alive"}
    )
    assert refusal(restored) == (400, "CMN-101")

    office.forward(5 * DAY_MS - 60_000)
    await sweep(office)
    assert len(await shown(office, "Purged")) == 1

    office.forward(120_000)
    await sweep(office)
    assert await shown(office, "Purged") == []
    gone = await office.call(102, "GET", f"message-store/{id}?availability=Purged")
    assert refusal(gone) == (404, "CMN-102")


async def test_what_is_restored_in_time_stays(office: Office) -> None:
    id = await page(office)
    await office.call(102, "DELETE", f"message-store/{id}")
    office.forward(4 * DAY_MS)

    answer = await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})
    assert answer.json()["availability"] == "Alive"

    office.forward(30 * DAY_MS)
    await sweep(office)
    [message] = await shown(office, "Alive")
    assert message["subject"] == "Hello"


async def test_deleted_again_it_has_five_days_again(office: Office) -> None:
    id = await page(office)
    await office.call(102, "DELETE", f"message-store/{id}")
    office.forward(4 * DAY_MS)
    await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})
    await office.call(102, "DELETE", f"message-store/{id}")

    office.forward(4 * DAY_MS)
    await sweep(office)

    assert len(await shown(office, "Deleted")) == 1


async def test_the_copies_of_others_do_not_age_with_it(office: Office) -> None:
    id = await page(office)
    await office.call(102, "DELETE", f"message-store/{id}?purge=true")
    office.forward(30 * DAY_MS)
    await sweep(office)

    [mine] = await office.inbox(101, dateFrom="2020-01-01")
    assert mine["subject"] == "Hello"
    assert await shown(office, "Purged") == []


@pytest.mark.parametrize("how", ["aged", "deleted twice", "purge=true", "by filter"])
async def test_a_purge_takes_the_object_along(office: Office, how: str) -> None:
    id, key = await voicemail(office)
    blobs = office.house.counter.blobs
    assert await blobs.get(key, 0, 4) == b"RIFF"
    path = f"message-store/{id}"

    match how:
        case "purge=true":
            await office.call(102, "DELETE", f"{path}?purge=true")
        case "by filter":
            await office.call(102, "DELETE", "message-store?purge=true")
        case _:
            await office.call(102, "DELETE", path)
            if how == "aged":
                office.forward(6 * DAY_MS)
                await sweep(office)
            else:
                await office.call(102, "DELETE", path)

    [purged] = await shown(office, "Purged")
    assert purged["attachments"] == []
    assert await blobs.get(key, 0, 4) is None
    assert await count(office, "erasure") == 0


async def test_an_account_chooses_its_days(office: Office) -> None:
    await choose(office, deleted_days=1, purged_days=2)
    id = await page(office)
    await office.call(102, "DELETE", f"message-store/{id}")

    office.forward(DAY_MS + 1000)
    await sweep(office)
    assert len(await shown(office, "Purged")) == 1

    office.forward(2 * DAY_MS + 1000)
    await sweep(office)
    assert await shown(office, "Purged") == []


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


async def test_the_answer_to_a_key_forgets_a_purged_text(office: Office) -> None:
    headers = {KEY: "one"}
    answer = await office.sms(101, "+16505550101", "+16505550102", "Secret", headers=headers)
    sent = answer.json()
    await office.call(101, "DELETE", f"message-store/{sent['id']}?purge=true")

    again = await office.sms(101, "+16505550101", "+16505550102", "Secret", headers=headers)

    assert refusal(again) == (404, "CMN-102")
    assert [one["subject"] for one in await office.inbox(102)] == ["Secret"]


async def test_nothing_of_a_removed_message_stays(office: Office) -> None:
    sent = (await office.sms(101, "+16505550101", "+14155550002")).json()
    await office.until(101, sent["id"], "Delivered")
    await choose(office, deleted_days=1, purged_days=1)
    await office.call(101, "DELETE", f"message-store/{sent['id']}")
    assert await count(office, "submitted") == 1

    for _ in range(2):
        office.forward(DAY_MS + 1000)
        await sweep(office)

    for table in ("message", "conversation", "submitted", "outbox", "erasure"):
        assert await count(office, table) == 0, table


async def test_changes_are_forgotten_after_two_weeks(office: Office) -> None:
    await page(office)
    before = await count(office, "change")
    office.forward(13 * DAY_MS)
    await sweep(office)
    assert await count(office, "change") == before

    await page(office, "young")
    office.forward(2 * DAY_MS)
    await sweep(office)

    assert await count(office, "change") == 2
    mailbox = metadata.tables["mailbox"]
    change = metadata.tables["change"]
    rows = await office.house.store.fetch(
        Statement(
            select(mailbox.c.trimmed_number, func.min(change.c.number))
            .join_from(
                mailbox,
                change,
                (mailbox.c.account_id == change.c.account_id)
                & (mailbox.c.extension_id == change.c.extension_id),
            )
            .group_by(mailbox.c.extension_id, mailbox.c.trimmed_number)
        )
    )
    assert [trimmed + 1 for trimmed, _ in rows] == [first for _, first in rows]
