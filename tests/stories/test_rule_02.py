"""Rule 2: a page to a department reaches its members of that moment, and its own mailbox."""

from tests.office import Office, refusal


async def test_a_page_to_a_department_reaches_members_and_its_own_mailbox(
    office: Office,
) -> None:
    sent = (await office.page(101, 200)).json()

    assert sent["pgToDepartment"] is True
    for who in (102, 103, 200):
        [copy] = await office.inbox(who)
        assert copy["conversationId"] == sent["id"]
        assert copy["pgToDepartment"] is True


async def test_members_are_those_of_the_moment(office: Office) -> None:
    await office.assign(200, add=(107,), remove=(102,))

    await office.page(101, 200)

    assert len(await office.inbox(107)) == 1
    assert await office.inbox(102) == []


async def test_a_department_without_any_member_is_refused_and_nothing_is_stored(
    office: Office,
) -> None:
    answer = await office.page(101, 102, 201)

    assert refusal(answer) == (400, "MSG-316")
    assert await office.inbox(101) == []
    assert await office.inbox(102) == []
    assert await office.inbox_of(201) == []


async def test_who_sends_to_their_own_department_has_the_copy_that_they_sent(
    office: Office,
) -> None:
    await office.page(102, 200)

    assert [copy["direction"] for copy in await office.inbox(102)] == ["Outbound"]
    assert [copy["direction"] for copy in await office.inbox(103)] == ["Inbound"]
