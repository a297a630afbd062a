"""A company that is kept up to date by what changed is the same as one that is read anew."""

import contextlib
import itertools
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom.directory import provisioning
from postroom.directory.companies import Companies
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import AccountSettings, Company
from postroom.model.errors import Outdated, PostroomError
from postroom.model.extension import Extension, ExtensionStatus, ExtensionType
from postroom.model.ids import AccountId
from postroom.store import extensions as rows
from postroom.store.database import Store
from postroom.store.statements import Statement

NOW = 1_700_000_000_000
TYPES = (ExtensionType.USER, ExtensionType.DEPARTMENT)
ids = itertools.count(1_000)


class Hand:
    """Changes a company, now and then by what was true some changes ago."""

    def __init__(self, store: Store, company: Company) -> None:
        self.store, self.company = store, company

    def one(self, n: int) -> Extension:
        """One of the extensions that were there, or nobody."""
        there = sorted(self.company.extensions.values(), key=lambda e: e.id)
        if there:
            return there[n % len(there)]
        nobody = extension("9", "Nobody")
        return msgspec.structs.replace(nobody, account_id=self.company.account_id)

    def department(self, n: int) -> Extension:
        """One of the departments, or anybody when there is none."""
        there = [e for e in self.company.extensions.values() if e.is_department]
        return there[n % len(there)] if there else self.one(n)

    async def add(self, a: int, b: int) -> None:
        new = [extension(str(100 + a), "A", type=TYPES[b % 2]), extension(str(200 + a), "B")]
        await provisioning.add_extensions(self.store, self.company, ids, new)

    async def change(self, a: int, b: int) -> None:
        status = list(ExtensionStatus)[b % 3]
        changed = msgspec.structs.replace(self.one(a), status=status, number=str(300 + b))
        await provisioning.change_extension(self.store, changed)

    async def remove(self, a: int, b: int) -> None:
        await provisioning.remove_extension(self.store, self.company, self.one(a), NOW)

    async def number(self, a: int, b: int) -> None:
        spelled = f"+1650555{a:04}"
        await provisioning.add_number(self.store, self.company, ids, spelled, self.one(b).id)

    async def no_number(self, a: int, b: int) -> None:
        there = list(self.company.numbers.values())
        if there:
            await provisioning.remove_number(self.store, self.company, there[a % len(there)])

    async def join(self, a: int, b: int) -> None:
        assignment = Assignment(department=self.department(a).id, added=(self.one(b).id,))
        await provisioning.assign_members(self.store, self.company, [assignment], NOW)

    async def leave(self, a: int, b: int) -> None:
        assignment = Assignment(department=self.department(a).id, removed=(self.one(b).id,))
        await provisioning.assign_members(self.store, self.company, [assignment], NOW)

    async def manage(self, a: int, b: int) -> None:
        department, manager = self.department(a), self.one(b)
        await provisioning.set_managers(
            self.store, self.company, department.id, [manager.id], NOW, present=bool(b % 3)
        )

    async def choose(self, a: int, b: int) -> None:
        chosen = AccountSettings(department_takes_sms=bool(a % 2))
        await provisioning.set_account(self.store, self.company, main_number=None, settings=chosen)

    async def password(self, a: int, b: int) -> None:
        await provisioning.set_password(self.store, self.one(a), "hash")


CHANGES: tuple[Callable[[Hand, int, int], Awaitable[None]], ...] = (
    Hand.add,
    Hand.change,
    Hand.remove,
    Hand.number,
    Hand.no_number,
    Hand.join,
    Hand.leave,
    Hand.manage,
    Hand.choose,
    Hand.password,
)
STEPS = st.lists(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 5), st.integers(0, 5), st.booleans()),
    max_size=20,
)


async def opened(store: Store) -> AccountId:
    """A new account."""
    return await provisioning.add_account(store, ids, "Office", AccountSettings(), NOW)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
async def test_what_is_kept_up_to_date_is_what_is_read_anew(
    store: Store, steps: list[tuple[Callable[[Hand, int, int], Awaitable[None]], int, int, bool]]
) -> None:
    account_id = await opened(store)
    kept, eager = Companies(store), Companies(store)
    hand = Hand(store, await eager.get(account_id))
    await kept.get(account_id)

    for change, a, b, reads in steps:
        with contextlib.suppress(PostroomError, Outdated):
            await change(hand, a, b)
        if reads:
            hand.company = await kept.current(account_id)
        assert await eager.current(account_id) == await Companies(store).get(account_id)

    assert await kept.current(account_id) == await Companies(store).get(account_id)


async def test_what_was_read_while_it_changed_only_looks_too_old(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = await opened(store)
    company = await Companies(store).get(account_id)
    torn, fetch = Companies(store), store.fetch

    async def changing(statement: Statement, **arguments: object) -> list[tuple[object, ...]]:
        if statement is rows.NUMBERS:
            monkeypatch.setattr(store, "fetch", fetch)
            [new] = await provisioning.add_extensions(store, company, ids, [extension("102", "B")])
            now = await Companies(store).get(company.account_id)
            await provisioning.add_number(store, now, ids, "+16505550102", new.id)
        return await fetch(statement, **arguments)

    monkeypatch.setattr(store, "fetch", changing)
    between = await torn.get(company.account_id)
    after = await torn.current(company.account_id)

    assert between.version < after.version
    assert all(number.owner in between.extensions for number in between.numbers.values())
    assert after == await Companies(store).get(company.account_id)
    assert set(after.numbers) == {"+16505550102"}
