"""Who belongs to a department or takes part in a conversation, and what mailboxes are told."""

import pytest

from postroom.directory import provisioning
from postroom.directory.founding import found_account
from postroom.directory.provisioning import Assignment, extension
from postroom.model.errors import InvalidReference, PostroomError
from postroom.model.refusals import MayNotBeMember, SameInBothLists
from postroom.store.codes import ChangeKind
from tests.directory.staff import LATER, NOW, TALK, Staff, Told, converse, ids, takes_part


async def test_members_are_told_once_and_departments_change_in_one_version(staff: Staff) -> None:
    ben, cleo = await staff.id("102"), await staff.id("103")
    support, night = await staff.id("200"), await staff.id("201")
    before = await staff.now()

    await staff.assign(
        Assignment(department=support, added=(ben, cleo)),
        Assignment(department=night, added=(ben,)),
    )

    after = await staff.now()
    assert after.version == before.version + 1
    assert after.session_version == before.session_version
    assert after.members == {support: tuple(sorted((ben, cleo))), night: (ben,)}
    assert set(await staff.told(ben)) == {
        Told(ChangeKind.JOINED, support, NOW),
        Told(ChangeKind.JOINED, night, NOW),
    }
    assert await staff.told(cleo) == [Told(ChangeKind.JOINED, support, NOW)]
    assert await staff.change_number(ben) == 2
    assert await staff.change_number(cleo) == 1


async def test_who_is_in_already_and_who_was_never_in_are_told_nothing(staff: Staff) -> None:
    ben, cleo, support = await staff.id("102"), await staff.id("103"), await staff.id("200")
    await staff.assign(Assignment(department=support, added=(ben,)))

    await staff.assign(Assignment(department=support, added=(ben, ben), removed=(cleo,)))

    assert (await staff.now()).members[support] == (ben,)
    assert await staff.change_number(ben) == 1
    assert await staff.told(cleo) == []


async def test_what_is_asked_with_old_knowledge_is_obeyed_all_the_same(staff: Staff) -> None:
    ben, support = await staff.id("102"), await staff.id("200")
    await staff.assign(Assignment(department=support, added=(ben,)))
    old = await staff.now()
    await staff.assign(Assignment(department=support, removed=(ben,)))

    again = Assignment(department=support, added=(ben,))
    await provisioning.assign_members(staff.store, old, [again], LATER)

    assert (await staff.now()).members[support] == (ben,)
    assert [told.kind for told in await staff.told(ben)] == [
        ChangeKind.JOINED,
        ChangeKind.LEFT,
        ChangeKind.JOINED,
    ]


@pytest.mark.parametrize(
    ("department", "added", "removed", "refusal"),
    [
        ("200", ("102",), ("102",), SameInBothLists),
        ("200", ("104",), (), MayNotBeMember),
        ("200", ("201",), (), MayNotBeMember),
        ("102", ("103",), (), InvalidReference),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_changes(
    staff: Staff,
    department: str,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    refusal: type[PostroomError],
) -> None:
    before = await staff.now()
    wrong = Assignment(
        department=before.by_number[department].id,
        added=tuple(before.by_number[one].id for one in added),
        removed=tuple(before.by_number[one].id for one in removed),
    )
    right = Assignment(department=before.by_number["201"].id, added=(before.by_number["103"].id,))

    with pytest.raises(refusal):
        await staff.assign(right, wrong)

    assert await staff.now() is before


async def test_nobody_of_another_account_becomes_a_member(staff: Staff) -> None:
    other = await found_account(staff.store, ids, "Other", extension("101", "Eve"))
    support = await staff.id("200")

    with pytest.raises(InvalidReference):
        await staff.assign(Assignment(department=support, added=(other.id,)))
    with pytest.raises(InvalidReference):
        await staff.assign(Assignment(department=support, removed=(other.id,)))


async def test_managers_come_and_go_without_being_members(staff: Staff) -> None:
    ben, support = await staff.id("102"), await staff.id("200")

    await provisioning.set_managers(staff.store, await staff.now(), support, [ben], NOW)
    managed = await staff.now()
    await provisioning.set_managers(staff.store, managed, support, [ben], LATER, present=False)

    assert managed.managers[support] == (ben,)
    assert managed.departments_of == {}
    assert (await staff.now()).managers[support] == ()
    assert await staff.told(ben) == []


async def test_who_was_named_leaves_and_comes_back(staff: Staff) -> None:
    ben = await staff.id("102")
    await converse(staff, ben)
    before = await staff.now()

    await provisioning.set_participant(staff.store, before, TALK, ben, NOW, present=False)
    left, between = await takes_part(staff, ben), await staff.now()
    await provisioning.set_participant(staff.store, before, TALK, ben, LATER, present=True)

    assert left == [(0, 0, None)]
    assert between.version == before.version + 1
    assert await takes_part(staff, ben) == [(1, 1, None)]
    assert await staff.told(ben) == [
        Told(ChangeKind.LEFT, TALK, NOW),
        Told(ChangeKind.JOINED, TALK, LATER),
    ]


async def test_who_was_never_named_cannot_leave(staff: Staff) -> None:
    before = await staff.now()

    with pytest.raises(InvalidReference):
        await provisioning.set_participant(
            staff.store, before, TALK, before.by_number["102"].id, NOW, present=False
        )

    assert await staff.now() is before
