"""Rule 5: inside a department the inactive are passed over in silence."""

from tests.office import Office


async def test_only_active_members_receive(office: Office) -> None:
    answer = await office.page(101, 200)

    assert answer.status_code == 200
    assert len(await office.inbox(102)) == 1
    assert len(await office.inbox(103)) == 1
    assert await office.inbox_of(105) == []


async def test_with_members_but_none_active_only_the_department_has_a_copy(
    office: Office,
) -> None:
    await office.assign(200, remove=(102, 103))

    answer = await office.page(101, 200)

    assert answer.status_code == 200
    assert answer.json()["pgToDepartment"] is True
    assert len(await office.inbox_of(200)) == 1
    assert [copy["direction"] for copy in await office.inbox(101)] == ["Outbound"]
    for who in (102, 103, 105):
        assert await office.inbox_of(who) == []
