"""Extensions: each change is whole or not at all, and in one version."""

import msgspec
import pytest

from postroom.directory import provisioning
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import Usage
from postroom.model.errors import (
    DuplicateValue,
    InvalidParameter,
    InvalidReference,
    Outdated,
)
from postroom.model.extension import ExtensionStatus
from postroom.store.codes import ChangeKind
from tests.directory.staff import LATER, NOW, Staff, Told, converse, ids, takes_part


async def test_the_first_extension_is_the_system_extension(staff: Staff) -> None:
    company = await staff.now()

    assert int(company.by_number["101"].id) == int(company.account_id)
    assert company.by_number["101"].administrator
    assert company.main_number == "+16505550100"
    assert company.numbers["+16505550100"].usage is Usage.MAIN


async def test_each_extension_comes_with_a_mailbox(staff: Staff) -> None:
    for one in (await staff.now()).extensions.values():
        assert await staff.change_number(one.id) == 0


async def test_two_thousand_extensions_are_one_version(staff: Staff) -> None:
    before = await staff.now()
    new = [extension(str(number), f"User {number}") for number in range(10_000, 12_000)]

    await provisioning.add_extensions(staff.store, before, ids, new)

    after = await staff.now()
    assert len(after.extensions) == len(before.extensions) + 2000
    assert after.version == before.version + 1


@pytest.mark.parametrize("number", ["", "12a", "123456789", "٣٤٥", "-1"])
async def test_an_extension_number_is_one_to_eight_digits(staff: Staff, number: str) -> None:
    with pytest.raises(InvalidParameter):
        await provisioning.add_extensions(
            staff.store, await staff.now(), ids, [extension(number, "X")]
        )


async def test_a_number_that_is_in_use_is_refused_and_nothing_of_the_rest_is_made(
    staff: Staff,
) -> None:
    old = await staff.now()
    await provisioning.add_extensions(staff.store, old, ids, [extension("300", "New")])
    before = await staff.now()

    for known in (old, before):
        new = [extension("301", "Fine"), extension("300", "Second")]
        with pytest.raises(DuplicateValue):
            await provisioning.add_extensions(staff.store, known, ids, new)

    assert await staff.now() is before


async def test_the_number_of_a_removed_extension_is_free_again(staff: Staff) -> None:
    old = (await staff.now()).by_number["103"]
    await provisioning.remove_extension(staff.store, await staff.now(), old, LATER)

    [new] = await provisioning.add_extensions(
        staff.store, await staff.now(), ids, [extension("103", "Zoe")]
    )

    company = await staff.now()
    assert new.id != old.id
    assert company.by_number["103"].name == "Zoe"
    assert old.id not in company.extensions


async def test_a_change_of_status_makes_tokens_be_verified_anew(staff: Staff) -> None:
    before = await staff.now()
    frozen = msgspec.structs.replace(before.by_number["102"], status=ExtensionStatus.FROZEN)

    await provisioning.change_extension(staff.store, frozen)

    after = await staff.now()
    assert after.by_number["102"].status is ExtensionStatus.FROZEN
    assert after.session_version > before.session_version


async def test_so_does_a_password(staff: Staff) -> None:
    before = await staff.now()

    await provisioning.set_password(staff.store, before.by_number["102"], "hash")

    assert (await staff.now()).session_version > before.session_version


async def test_a_late_change_does_not_bring_back_who_was_removed(staff: Staff) -> None:
    cleo = (await staff.now()).by_number["103"]
    await provisioning.remove_extension(staff.store, await staff.now(), cleo, LATER)
    before = await staff.now()

    with pytest.raises(InvalidReference):
        await provisioning.change_extension(staff.store, cleo)
    with pytest.raises(InvalidReference):
        await provisioning.set_password(staff.store, cleo, "hash")

    assert await staff.now() is before


async def test_nobody_is_removed_twice(staff: Staff) -> None:
    company = await staff.now()
    cleo = company.by_number["103"]
    await provisioning.remove_extension(staff.store, company, cleo, NOW)
    before = await staff.now()

    with pytest.raises(InvalidReference):
        await provisioning.remove_extension(staff.store, company, cleo, LATER)

    assert await staff.now() is before


async def test_the_system_extension_stays(staff: Staff) -> None:
    company = await staff.now()

    with pytest.raises(InvalidParameter):
        await provisioning.remove_extension(staff.store, company, company.by_number["101"], LATER)


async def test_who_is_removed_leaves_departments_numbers_and_conversations(staff: Staff) -> None:
    cleo, support = await staff.id("103"), await staff.id("200")
    await staff.assign(Assignment(department=support, added=(cleo,)))
    company = await staff.now()
    await provisioning.set_managers(staff.store, company, support, [cleo], NOW)
    await provisioning.add_number(staff.store, company, ids, "+16505550103", cleo)
    await converse(staff, cleo)
    before = await staff.now()

    await provisioning.remove_extension(staff.store, before, before.by_number["103"], LATER)

    after = await staff.now()
    assert after.version == before.version + 1
    assert after.session_version > before.session_version
    assert after.members[support] == after.managers[support] == ()
    assert "+16505550103" not in after.numbers
    [(present, _, _)] = await takes_part(staff, cleo)
    assert present == 0
    assert await staff.told(cleo) == [
        Told(ChangeKind.JOINED, support, NOW),
        Told(ChangeKind.LEFT, support, LATER),
    ]


async def test_a_removed_department_is_left_by_its_members(staff: Staff) -> None:
    ben, support = await staff.id("102"), await staff.id("200")
    await staff.assign(Assignment(department=support, added=(ben,)))
    company = await staff.now()

    await provisioning.remove_extension(staff.store, company, company.by_number["200"], LATER)

    assert (await staff.now()).formerly_of == {ben: {support}}
    assert (await staff.told(ben))[-1] == Told(ChangeKind.LEFT, support, LATER)


async def test_a_change_made_from_an_old_company_does_not_undo_a_newer_one(staff: Staff) -> None:
    old = await staff.now()
    frozen = msgspec.structs.replace(old.by_number["102"], status=ExtensionStatus.FROZEN)
    renamed = msgspec.structs.replace(old.by_number["102"], first_name="Benjamin")
    await provisioning.change_extension(staff.store, frozen, seen=old)

    with pytest.raises(Outdated):
        await provisioning.change_extension(staff.store, renamed, seen=old)

    assert (await staff.now()).by_number["102"] == frozen
