"""Numbers and what an account chooses."""

import pytest

from postroom.directory import provisioning
from postroom.directory.founding import found_account
from postroom.directory.provisioning import extension
from postroom.model.company import AccountSettings
from postroom.model.errors import (
    DuplicateValue,
    InvalidParameter,
    Outdated,
    PostroomError,
)
from postroom.store import codes
from tests.directory.staff import Staff, ids


async def test_a_number_moves_to_another_extension_and_keeps_its_id(staff: Staff) -> None:
    ben, cleo = await staff.id("102"), await staff.id("103")
    first = await provisioning.add_number(
        staff.store, await staff.now(), ids, "(650) 555-0102", ben
    )

    moved = await provisioning.add_number(staff.store, await staff.now(), ids, "+16505550102", cleo)

    company = await staff.now()
    assert first.msisdn == "+16505550102"
    assert moved.id == first.id
    assert company.numbers_of(ben) == ()
    assert company.numbers_of(cleo) == (moved,)


async def test_a_number_of_another_account_is_refused(staff: Staff) -> None:
    other = await found_account(staff.store, ids, "Other", extension("101", "Eve"), "+16505550199")
    before = await staff.now()

    with pytest.raises(DuplicateValue):
        await provisioning.add_number(
            staff.store, before, ids, "+16505550199", before.by_number["102"].id
        )

    assert await staff.now() is before
    assert await staff.companies.account_of("+16505550199") == other.account_id


async def test_what_is_no_number_is_refused(staff: Staff) -> None:
    company = await staff.now()

    with pytest.raises(InvalidParameter):
        await provisioning.add_number(
            staff.store, company, ids, "5550100", company.by_number["102"].id
        )


async def test_an_account_that_cannot_be_is_not_half_made(staff: Staff) -> None:
    with pytest.raises(DuplicateValue):
        await found_account(staff.store, ids, "Thief", extension("101", "Eve"), "+16505550100")

    assert await staff.companies.account_of("+16505550100") == staff.account_id


async def test_without_its_main_number_an_account_has_none(staff: Staff) -> None:
    company = await staff.now()

    await provisioning.remove_number(staff.store, company, company.numbers["+16505550100"])

    assert (await staff.now()).main_number is None


async def test_an_account_chooses(staff: Staff) -> None:
    chosen = AccountSettings(department_takes_sms=True, home_country="DE")

    await provisioning.set_account(
        staff.store, await staff.now(), main_number="+16505550100", settings=chosen
    )

    assert (await staff.now()).settings == chosen


@pytest.mark.parametrize(
    ("main", "country"), [("+16505550199", "US"), (None, "XX"), (None, "Germany")]
)
async def test_it_cannot_choose_what_it_has_not_or_what_is_not(
    staff: Staff, main: str | None, country: str
) -> None:
    before = await staff.now()

    with pytest.raises(PostroomError):
        await provisioning.set_account(
            staff.store, before, main_number=main, settings=AccountSettings(home_country=country)
        )

    assert await staff.now() is before


def test_stored_codes_of_types_and_roles_do_not_move() -> None:
    assert [type.value for type in codes.EXTENSION_TYPE.members] == [
        "User",
        "Voicemail",
        "Department",
    ]
    assert [status.value for status in codes.EXTENSION_STATUS.members] == [
        "Enabled",
        "Disabled",
        "Frozen",
        "NotActivated",
    ]
    assert [role.value for role in codes.ROLE.members] == ["member", "manager"]


async def test_a_choice_made_from_an_old_company_does_not_undo_a_newer_one(staff: Staff) -> None:
    old, newer = await staff.now(), AccountSettings(department_takes_sms=True)
    await provisioning.set_account(staff.store, old, main_number=None, settings=newer)

    with pytest.raises(Outdated):
        await provisioning.set_account(
            staff.store, old, main_number=None, settings=AccountSettings(home_country="DE")
        )

    assert (await staff.now()).settings == newer
