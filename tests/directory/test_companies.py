"""Companies in memory, and what a reload brings."""

import itertools

import msgspec
import pytest

from postroom.directory import provisioning
from postroom.directory.companies import Companies
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import AccountSettings, Company
from postroom.model.errors import NotFound
from postroom.model.extension import ExtensionType
from postroom.model.ids import AccountId
from postroom.store.database import Store
from postroom.store.statements import Statement

NOW = 1_700_000_000_000
ids = itertools.count(1_000)


async def opened(store: Store) -> AccountId:
    """A new account."""
    return await provisioning.add_account(store, ids, "Office", AccountSettings(), NOW)


async def staffed(store: Store, *numbers: str) -> Company:
    """A new company with a department 200 and some users."""
    account_id = await opened(store)
    company = await Companies(store).get(account_id)
    new = [extension(number, f"User {number}") for number in numbers]
    new.append(extension("200", "Support", type=ExtensionType.DEPARTMENT))
    await provisioning.add_extensions(store, company, ids, new)
    return await Companies(store).get(account_id)


async def test_who_was_taken_out_is_known_as_one_who_was_in(store: Store) -> None:
    company = await staffed(store, "101", "102")
    department, ben = company.by_number["200"].id, company.by_number["102"].id
    companies = Companies(store)

    await provisioning.assign_members(
        store, company, [Assignment(department=department, added=(ben,))], NOW
    )
    inside = await companies.get(company.account_id)
    await provisioning.assign_members(
        store, company, [Assignment(department=department, removed=(ben,))], NOW
    )
    outside = await companies.current(company.account_id)

    assert inside.members[department] == (ben,)
    assert inside.circles(ben) == {ben, department}
    assert inside.formerly_of == {}
    assert outside.members[department] == ()
    assert outside.circles(ben) == {ben}
    assert outside.formerly_of == {ben: {department}}


async def test_a_reload_brings_only_what_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = await staffed(store, *(str(number) for number in range(1000, 1200)))
    companies = Companies(store)
    await companies.get(company.account_id)
    brought: list[int] = []
    fetch = store.fetch

    async def counting(statement: Statement, **arguments: object) -> list[tuple[object, ...]]:
        found = await fetch(statement, **arguments)
        brought.append(len(found))
        return found

    monkeypatch.setattr(store, "fetch", counting)
    changed = msgspec.structs.replace(company.by_number["1000"], first_name="Zoe")
    await provisioning.change_extension(store, changed)

    after = await companies.current(company.account_id)

    assert after.by_number["1000"].name == "Zoe 1000"
    assert sum(brought) == 1


async def test_as_long_as_nothing_changed_it_is_the_very_same_value(store: Store) -> None:
    company = await staffed(store, "101")
    companies = Companies(store)
    held = await companies.get(company.account_id)

    assert await companies.current(company.account_id) is held
    assert companies.cached(company.account_id) is held


async def test_an_unknown_account_is_not_found(store: Store) -> None:
    companies = Companies(store)

    assert companies.cached(AccountId(1)) is None
    with pytest.raises(NotFound):
        await companies.get(AccountId(1))


async def test_a_number_leads_to_its_account_until_it_is_taken_away(store: Store) -> None:
    companies = Companies(store)
    first, second = await staffed(store, "101"), await staffed(store, "101")
    number = await provisioning.add_number(
        store, first, ids, "+16505550100", first.by_number["101"].id
    )
    before = await companies.account_of(number.msisdn)
    await companies.get(first.account_id)

    await provisioning.remove_number(store, first, number)
    await provisioning.add_number(store, second, ids, number.msisdn, second.by_number["101"].id)

    assert before == first.account_id
    assert await companies.account_of(number.msisdn) == second.account_id
    assert (await companies.current(first.account_id)).numbers == {}
    assert await companies.account_of("+16505559999") is None
