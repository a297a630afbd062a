"""ISync: exactly what has changed since the token."""

from pathlib import Path

from postroom.config.settings import Sync
from postroom.model.ids import MessageId
from postroom.store.database import StoreSettings
from tests.office import OUTSIDE, Office, opened
from tests.sync.copies import begun, shapes
from tests.sync.forgetting import forget


async def test_each_change_is_told_once(office: Office) -> None:
    copy = await begun(office, 102)
    first = (await office.page(101, 102)).json()["id"]
    [told] = await copy.changed()
    assert told["conversation"]["id"] == str(first)
    assert await copy.changed() == []

    mine = told["id"]
    await office.call(102, "PUT", f"message-store/{mine}", json={"readStatus": "Read"})
    [told] = await copy.changed()
    assert (told["id"], told["readStatus"]) == (mine, "Read")
    assert await copy.changed() == []


async def test_deleted_purged_and_restored_messages_are_told_as_such(office: Office) -> None:
    await office.page(101, 102)
    copy = await begun(office, 102)
    [id] = copy.records
    path = f"message-store/{id}"

    await office.call(102, "DELETE", path)
    [told] = await copy.changed()
    assert told["availability"] == "Deleted"
    assert set(told) == {"id", "uri", "availability"}
    await office.call(102, "PATCH", path, json={"availability": "Alive"})
    [told] = await copy.changed()
    assert told["subject"] == "Hello!"
    await office.call(102, "DELETE", path, params={"purge": "true"})
    assert shapes(await copy.changed()) == [(id, "Purged")]


async def test_what_came_and_went_between_two_syncs_is_told_as_gone(office: Office) -> None:
    copy = await begun(office, 102)
    await office.page(101, 102)
    [message] = await office.inbox(102)
    await office.call(102, "DELETE", f"message-store/{message['id']}")

    assert shapes(await copy.changed()) == [(message["id"], "Deleted")]
    assert await copy.is_true()


async def test_an_old_token_can_be_used_again(office: Office) -> None:
    copy = await begun(office, 102)
    old = copy.token
    await office.page(101, 102)
    first = await copy.changed()
    copy.token = old

    assert await copy.changed() == first
    assert await copy.is_true()


async def test_the_status_of_an_sms_is_a_change(office: Office) -> None:
    copy = await begun(office, 102)
    sent = (await office.sms(102, "+16505550102", OUTSIDE)).json()
    await copy.changed()
    await office.until(102, sent["id"], "Delivered")

    await copy.changed()

    assert copy.records[sent["id"]]["messageStatus"] == "Delivered"


async def test_a_frame_with_filters_hears_of_nothing_else(office: Office) -> None:
    sms = await begun(office, 102, messageType="SMS")
    outbound = await begun(office, 102, direction="Outbound")
    await office.page(101, 102)

    assert await sms.changed() == []
    assert await outbound.changed() == []
    sent = (await office.sms(102, "+16505550102", "+16505550103")).json()["id"]
    assert shapes(await sms.changed()) == [(sent, "Alive")]
    assert shapes(await outbound.changed()) == [(sent, "Alive")]


async def test_a_closed_frame_does_not_roll_forward_and_an_open_one_does(office: Office) -> None:
    await office.page(101, 102, text="before")
    [before] = await office.inbox(102)
    closed = await begun(office, 102, dateTo=before["creationTime"])
    opened = await begun(office, 102)
    office.forward(5000)
    await office.page(101, 102, text="after")

    assert await closed.changed() == []
    assert [record["subject"] for record in await opened.changed()] == ["after"]
    await office.call(102, "DELETE", f"message-store/{before['id']}")
    assert shapes(await closed.changed()) == [(before["id"], "Deleted")]


async def test_when_the_newest_of_a_conversation_goes_the_one_before_comes(office: Office) -> None:
    first = (await office.page(101, 102, text="first")).json()["id"]
    office.forward(2000)
    await office.page(101, replyOn=first, text="second")
    copy = await begun(office, 102, distinctConversations="true")
    [newest] = copy.records

    await office.call(102, "DELETE", f"message-store/{newest}")

    told = await copy.changed()
    assert [record.get("subject") for record in told] == [None, "first"]
    assert await copy.is_true()
    assert await copy.changed() == []


async def test_what_was_removed_for_good_is_told_as_purged(office: Office) -> None:
    await office.page(101, 102)
    copy = await begun(office, 102)
    [id] = copy.records
    owner, store = office.id(102), office.house.store
    await forget(store, office.company.account_id, owner, MessageId(id), office.clock())

    assert shapes(await copy.changed()) == [(id, "Purged")]
    assert await copy.changed() == []


async def test_an_overlap_tells_again_what_changed_shortly_before(
    store_settings: StoreSettings, tmp_path: Path
) -> None:
    async with opened(store_settings, tmp_path, sync=Sync(overlap=5)) as office:
        await office.page(101, 102)
        copy = await begun(office, 102)
        [id] = copy.records

        assert shapes(await copy.changed()) == [(id, "Alive")]
        office.forward(6000)
        await copy.changed()
        assert await copy.changed() == []
