"""Several processes, and several callers in one, change and read the directory at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from postroom.directory import provisioning
from postroom.directory.companies import Companies, weight
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import Company
from postroom.model.errors import DuplicateValue, Outdated
from postroom.store import extensions as rows
from postroom.store.commands import Rows
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement
from tests.directory import firm
from tests.store.office import filing, message


class Gated(Companies):
    """Companies whose readings stop behind their first answer while the gate is closed."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.gate = asyncio.Semaphore(0)
        self.reached = asyncio.Semaphore(0)
        self.readings = 0
        self.behind = store
        self.store = self  # type: ignore[assignment]

    async def look(self, statement: Statement, **arguments: Any) -> Rows:
        found = await self.behind.look(statement, **arguments)
        if statement is rows.ACCOUNT:
            self.readings += 1
            self.reached.release()
            await self.gate.acquire()
        return found

    def open(self) -> None:
        """Let everything pass from now on."""
        for _ in range(1000):
            self.gate.release()

    async def fetch(self, statement: Statement, **arguments: Any) -> Rows:
        return await self.behind.fetch(statement, **arguments)


@pytest.fixture
async def other(store: Store, store_settings: StoreSettings) -> AsyncIterator[Store]:
    """A second process on the same database, as far as the store can tell."""
    second = Store(store_settings)
    await second.open()
    yield second
    await second.close()


NUMBER = "16505550102"


def into_200(company: Company, *numbers: str) -> Assignment:
    added = tuple(firm.id_of(company, number) for number in numbers)
    return Assignment(department=firm.id_of(company, "200"), added=added)


async def test_another_process_sees_an_assignment_when_it_asks_for_what_is_current(
    store: Store, other: Store
) -> None:
    company = await firm.founded(store)
    theirs = Companies(other)
    before = await theirs.get(company.account_id)

    await provisioning.assign_members(store, company, [into_200(company, "102")], firm.NOW)

    assert (await theirs.get(company.account_id)).members.get(firm.id_of(company, "200")) is None
    after = await theirs.current(company.account_id)
    assert after.version == before.version + 1
    assert firm.numbers(after, after.members[firm.id_of(after, "200")]) == {"102"}


async def test_what_is_filed_from_the_company_of_before_is_outdated(
    store: Store, other: Store
) -> None:
    company = await firm.founded(store)
    old = await Companies(other).get(company.account_id)
    copy = message(firm.id_of(company, "102"), account=company.account_id)

    await provisioning.assign_members(store, company, [into_200(company, "102")], firm.NOW)

    with pytest.raises(Outdated):
        await other.file(filing(copy, account=company.account_id, version=old.version))
    new = await Companies(other).current(company.account_id)
    await other.file(filing(copy, account=company.account_id, version=new.version))


async def test_a_reading_that_began_before_the_change_does_not_satisfy_who_asked_after_it(
    store: Store,
) -> None:
    company = await firm.founded(store)
    companies = Gated(store)
    early = asyncio.ensure_future(companies.refresh(company.account_id))
    await companies.reached.acquire()
    await provisioning.assign_members(store, company, [into_200(company, "102")], firm.NOW)
    late = asyncio.ensure_future(companies.refresh(company.account_id))

    companies.open()

    assert (await early).version == company.version
    assert (await late).version == company.version + 1
    assert (await late).members != {}


async def test_racing_callers_share_their_readings(store: Store) -> None:
    company = await firm.founded(store)
    companies = Gated(store)
    companies.open()

    found = await asyncio.gather(*(companies.refresh(company.account_id) for _ in range(50)))

    assert companies.readings <= 2
    assert all(one == company for one in found)


async def test_a_caller_that_gives_up_leaves_the_reading_to_the_others(store: Store) -> None:
    company = await firm.founded(store)
    companies = Gated(store)
    early = asyncio.ensure_future(companies.refresh(company.account_id))
    await companies.reached.acquire()
    hasty = asyncio.ensure_future(companies.refresh(company.account_id))
    patient = asyncio.ensure_future(companies.refresh(company.account_id))
    companies.gate.release()
    await early
    await companies.reached.acquire()

    hasty.cancel()
    companies.open()

    assert await patient == company
    assert hasty.cancelled()
    assert companies.readings == 2


async def test_the_company_that_was_used_longest_ago_is_forgotten_first(store: Store) -> None:
    made = [await firm.founded(store) for _ in range(3)]
    companies = Companies(store, limit=2 * weight(made[0]))
    first, second, third = (company.account_id for company in made)
    await companies.get(first)
    await companies.get(second)

    assert companies.cached(first) is not None
    await companies.get(third)

    assert companies.cached(second) is None
    assert companies.cached(first) is not None
    assert companies.cached(third) is not None


async def test_a_company_that_is_larger_than_the_limit_is_held_all_the_same(store: Store) -> None:
    company = await firm.founded(store)
    companies = Companies(store, limit=1)

    await companies.get(company.account_id)

    assert companies.cached(company.account_id) == company


async def test_of_two_who_add_the_same_extension_number_at_once_one_is_refused(
    store: Store,
) -> None:
    company = await firm.founded(store)
    new = extension("300", "Twin")

    results = await asyncio.gather(
        *(provisioning.add_extensions(store, company, firm.ids, [new]) for _ in range(4)),
        return_exceptions=True,
    )

    assert [type(result) for result in results].count(DuplicateValue) == 3
    assert len((await firm.reread(store, company)).extensions) == len(company.extensions) + 1


async def test_of_two_accounts_that_take_a_number_at_once_one_is_refused(store: Store) -> None:
    firms = [await firm.founded(store) for _ in range(4)]

    results = await asyncio.gather(
        *(
            provisioning.add_number(store, one, firm.ids, NUMBER, firm.id_of(one, "102"))
            for one in firms
        ),
        return_exceptions=True,
    )

    assert [type(result) for result in results].count(DuplicateValue) == 3
    after = [await firm.reread(store, one) for one in firms]
    assert sum(len(company.numbers) for company in after) == 1


async def test_a_number_that_went_to_another_account_is_gone_for_who_still_held_it(
    store: Store,
) -> None:
    mine, yours = await firm.founded(store), await firm.founded(store)
    number = await provisioning.add_number(store, mine, firm.ids, NUMBER, firm.id_of(mine, "102"))
    elsewhere = Companies(store)
    assert number.msisdn in (await elsewhere.get(mine.account_id)).numbers

    await provisioning.remove_number(store, mine, number)
    await provisioning.add_number(store, yours, firm.ids, NUMBER, firm.id_of(yours, "102"))

    assert (await elsewhere.current(mine.account_id)).numbers == {}
