"""Conversations that are opened to the owner of a mailbox, or closed."""

from postroom.directory import provisioning
from postroom.model.ids import ConversationId
from tests.office import Office
from tests.sync.copies import begun, shapes


async def test_who_leaves_a_department_loses_its_messages_and_has_them_again(
    office: Office,
) -> None:
    await office.page(101, 200, text="for all")
    await office.page(101, 102, text="for Ben")
    copy = await begun(office, 102)
    [lost] = [id for id, record in copy.records.items() if record["subject"] == "for all"]

    await office.assign(200, remove=(102,))
    assert shapes(await copy.changed()) == [(lost, "Purged")]
    assert await copy.is_true()
    assert await copy.changed() == []
    await office.assign(200, add=(102,))
    [told] = await copy.changed()
    assert told["subject"] == "for all"
    assert await copy.is_true()


async def test_a_new_copy_does_not_hold_what_is_closed(office: Office) -> None:
    await office.page(101, 200, text="for all")
    await office.assign(200, remove=(102,))

    copy = await begun(office, 102)

    assert copy.records == {}
    await office.assign(200, add=(102,))
    assert len(await copy.changed()) == 1


async def test_leaving_and_coming_back_between_two_syncs_ends_right(office: Office) -> None:
    await office.page(101, 200)
    copy = await begun(office, 102)
    old = copy.token
    await office.assign(200, remove=(102,))
    await copy.changed()
    assert copy.records == {}

    await office.assign(200, add=(102,))
    copy.token = old
    await copy.changed()

    assert await copy.is_true()
    assert len(copy.records) == 1


async def test_a_deleted_message_of_a_closed_conversation_is_told_as_purged(
    office: Office,
) -> None:
    await office.page(101, 200)
    copy = await begun(office, 102)
    [id] = copy.records
    await office.call(102, "DELETE", f"message-store/{id}")
    await office.assign(200, remove=(102,))

    assert shapes(await copy.changed()) == [(id, "Purged")]


async def test_other_conversations_are_not_repeated_when_a_membership_changes(
    office: Office,
) -> None:
    await office.page(101, 200, text="through Support")
    await office.page(101, 102, text="by name")
    await office.page(101, 200, 102, text="both")
    copy = await begun(office, 102)

    await office.assign(200, remove=(102,))

    assert [record["availability"] for record in await copy.changed()] == ["Purged"]
    assert sorted(record["subject"] for record in copy.records.values()) == ["both", "by name"]
    assert await copy.is_true()


async def test_a_conversation_through_two_departments_is_kept_by_the_other_one(
    office: Office,
) -> None:
    await office.assign(201, add=(102,))
    await office.page(101, 200, 201)
    copy = await begun(office, 102)

    await office.assign(200, remove=(102,))
    assert await copy.changed() == []
    await office.assign(201, remove=(102,))
    assert [record["availability"] for record in await copy.changed()] == ["Purged"]
    await office.assign(200, add=(102,))
    assert len(await copy.changed()) == 1
    assert await copy.is_true()


async def test_who_is_named_in_a_closed_conversation_has_its_older_messages_again(
    office: Office,
) -> None:
    first = (await office.page(101, 200, text="older")).json()["id"]
    copy = await begun(office, 102)
    await office.assign(200, remove=(102,))
    await copy.changed()
    assert copy.records == {}

    reply = {"replyOn": first, "text": "come back"}
    await office.page(101, 102, **reply)
    await copy.changed()

    assert sorted(record["subject"] for record in copy.records.values()) == ["come back", "older"]
    assert await copy.is_true()
    await office.page(101, 102, replyOn=first, text="again")
    assert [record["subject"] for record in await copy.changed()] == ["again"]


async def test_who_comes_back_through_another_department_has_the_older_messages_again(
    office: Office,
) -> None:
    first = (await office.page(101, 200, text="older")).json()["id"]
    await office.assign(201, add=(102,))
    copy = await begun(office, 102)
    await office.assign(200, remove=(102,))
    await copy.changed()
    assert copy.records == {}

    await office.page(101, 201, replyOn=first, text="newer")
    await copy.changed()

    assert len(copy.records) == 2
    assert await copy.is_true()


async def test_who_is_taken_out_of_a_conversation_loses_it_and_has_it_again(
    office: Office,
) -> None:
    first = ConversationId((await office.page(101, 102)).json()["id"])
    copy = await begun(office, 102)
    store, now = office.house.store, office.clock()

    for present, count in ((False, 0), (True, 1)):
        await provisioning.set_participant(
            store, office.company, first, office.id(102), now, present=present
        )
        assert len(await copy.changed()) == 1
        assert len(copy.records) == count
        assert await copy.is_true()


async def test_who_was_taken_out_and_is_named_again_has_the_older_messages(
    office: Office,
) -> None:
    first = (await office.page(101, 102, text="older")).json()["id"]
    copy = await begun(office, 102)
    await provisioning.set_participant(
        office.house.store,
        office.company,
        ConversationId(first),
        office.id(102),
        office.clock(),
        present=False,
    )
    await copy.changed()
    assert copy.records == {}

    await office.page(101, 102, replyOn=first, text="come back")
    await copy.changed()

    assert len(copy.records) == 2
    assert await copy.is_true()
