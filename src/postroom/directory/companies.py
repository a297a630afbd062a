"""Companies, held in memory at the version that they were read at.

What is held may be old: whoever decides by it has the version compared, by the commit, by a read
of its own, or here with `current`.  A reload brings only the rows that changed since.
"""

import asyncio
from collections import OrderedDict

from postroom.directory.snapshots import Changes, apply
from postroom.model.company import Company
from postroom.model.errors import NotFound
from postroom.model.ids import AccountId
from postroom.store import extensions as rows
from postroom.store.database import Store

LIMIT_BYTES = 256 * 1024 * 1024
PER_EXTENSION = 1200
PER_NUMBER = 300
PER_COMPANY = 4000


def weight(company: Company) -> int:
    """About how many bytes a company takes."""
    return (
        PER_COMPANY
        + PER_EXTENSION * len(company.extensions)
        + PER_NUMBER * (len(company.numbers) + sum(map(len, company.members.values())))
    )


class Companies:
    """The companies of one store; the least recently used are forgotten."""

    def __init__(self, store: Store, limit: int = LIMIT_BYTES) -> None:
        self.store, self.limit = store, limit
        self._held: OrderedDict[AccountId, Company] = OrderedDict()
        self._bytes = 0
        self._loading: dict[AccountId, asyncio.Task[Company]] = {}

    def cached(self, account_id: AccountId) -> Company | None:
        """The company as it was last read, without asking anybody."""
        company = self._held.get(account_id)
        if company is not None:
            self._held.move_to_end(account_id)
        return company

    async def get(self, account_id: AccountId) -> Company:
        """The company, read if it is not held.  Raises `NotFound("accountId")`."""
        return self.cached(account_id) or await self.refresh(account_id)

    async def current(self, account_id: AccountId) -> Company:
        """The company as it is now: its versions are read, and the rest if they differ."""
        held = self.cached(account_id)
        if held is None:
            return await self.refresh(account_id)
        versions = await self.store.look(rows.VERSIONS, account_id=account_id)
        if versions and tuple(versions[0]) == (held.version, held.session_version):
            return held
        return await self.refresh(account_id)

    async def refresh(self, account_id: AccountId) -> Company:
        """Read what changed since the version that is held; racing callers share one reading.

        A reading that began before this call may be too old, so it is waited for and repeated.
        """
        running = self._loading.get(account_id)
        if running is not None:
            await asyncio.wait([running])
        running = self._loading.get(account_id)
        if running is None:
            running = asyncio.ensure_future(self._load(account_id))
            self._loading[account_id] = running
            running.add_done_callback(lambda _: self._loading.pop(account_id, None))
        return await asyncio.shield(running)

    async def _load(self, account_id: AccountId) -> Company:
        """The versions are read first: rows that are newer only make the company look too old."""
        before = self._held.get(account_id)
        found = await self.store.look(rows.ACCOUNT, account_id=account_id)
        if not found:
            self._drop(account_id)
            raise NotFound("accountId")
        since = {"account_id": account_id, "since": before.version if before else 0}
        changes = Changes(
            account=found[0],
            extensions=await self.store.fetch(rows.EXTENSIONS, **since),
            numbers=await self.store.fetch(rows.NUMBERS, **since),
            memberships=await self.store.fetch(rows.MEMBERSHIPS, **since),
        )
        company = apply(account_id, before, changes)
        self._keep(company)
        return company

    def _keep(self, company: Company) -> None:
        self._drop(company.account_id)
        self._held[company.account_id] = company
        self._bytes += weight(company)
        while self._bytes > self.limit and len(self._held) > 1:
            self._drop(next(iter(self._held)))

    def _drop(self, account_id: AccountId) -> None:
        company = self._held.pop(account_id, None)
        if company is not None:
            self._bytes -= weight(company)

    async def account_of(self, msisdn: str) -> AccountId | None:
        """The account that a number belongs to."""
        found = await self.store.look(rows.ACCOUNT_OF, msisdn=msisdn)
        return AccountId(found[0][0]) if found else None
