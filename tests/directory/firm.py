"""A company made through the directory: 101 to 104, departments 200 and 201, no numbers yet."""

import itertools
from collections.abc import Iterator

from postroom.directory import provisioning
from postroom.directory.companies import Companies
from postroom.directory.provisioning import extension
from postroom.model.company import AccountSettings, Company
from postroom.model.extension import ExtensionType
from postroom.model.ids import ExtensionId
from postroom.store.database import Store

NOW = 1_700_000_000_000
PEOPLE = ("101", "102", "103", "104")
DEPARTMENTS = ("200", "201")
ids: Iterator[int] = itertools.count(5_000_000)


async def founded(store: Store) -> Company:
    """The company, as it was just made."""
    companies = Companies(store)
    account_id = await provisioning.add_account(store, ids, "Firm", AccountSettings(), NOW)
    company = await companies.current(account_id)
    new = [extension(number, f"Person {number}", now_ms=NOW) for number in PEOPLE]
    new += [
        extension(number, f"Team {number}", type=ExtensionType.DEPARTMENT, now_ms=NOW)
        for number in DEPARTMENTS
    ]
    await provisioning.add_extensions(store, company, ids, new)
    return await companies.current(account_id)


async def reread(store: Store, company: Company) -> Company:
    """The company as a process that has just started reads it."""
    return await Companies(store).get(company.account_id)


def id_of(company: Company, number: str) -> ExtensionId:
    """The id of an extension."""
    return company.by_number[number].id


def numbers(company: Company, of: tuple[ExtensionId, ...]) -> set[str]:
    """The extension numbers of ids."""
    return {company.extensions[id].number for id in of}
