"""The life of a message from delivery to oblivion, with the clock turned by hand."""

import pytest
from sqlalchemy import func, select

from postroom.store.statements import Statement
from postroom.store.tables import metadata
from tests.lives import choose, count, page, shown, sweep, voicemail
from tests.office import DAY_MS, Office, refusal

KEY = "Idempotency-Key"


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
