"""The sweeper: what ages moves on, full mailboxes make room, what was let go is erased.

An account is swept by one process at a time, under a lease that is only taken when something is
due: idle rounds write nothing.  All that is known of the work is in the rows, so a process that
dies in the middle leaves nothing behind but less to do.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from postroom.mailbox import due, erasing
from postroom.mailbox.ageing import Ageing
from postroom.mailbox.due import Account
from postroom.model.errors import Outdated, Unavailable
from postroom.model.ids import AccountId
from postroom.observability import logs
from postroom.store.leases import Lease, LeaseLost
from postroom.workers import node
from postroom.workers.tenure import Leaseholder, Tenure, Watch

PIECES = 200
"""Pieces that one account moves in one turn, so that a large one holds up no other for long."""
THOROUGH = 60
"""Rounds from one that also trims and weighs to the next."""
OBJECTS = 24 * 60
"""Rounds from one look through all objects to the next."""
SPARE_PAGES = 2_000
"""Free pages of SQLite's file that are kept for what is written next: 8 MB."""
ATTEMPTS = 5
"""Times that a turn is begun again because somebody changes the account meanwhile."""
OBJECTS_LEASE = "sweep/objects"
log = logs.get("workers.sweeping")


@dataclass(slots=True, kw_only=True)
class Sweeper:
    """Sweeps in rounds `every` so many seconds, with a `breath` between two pieces."""

    ageing: Ageing
    clock: Callable[[], int]
    every: float = 60.0
    breath: float = 0.02
    _watches: dict[str, Watch] = field(default_factory=dict)

    async def run(self) -> None:
        """Until cancelled."""
        rounds = 0
        while True:
            await asyncio.sleep(self.every * random.uniform(0.5, 1.0))
            try:
                await self.round(thorough=rounds % THOROUGH == 0)
                if rounds % OBJECTS == 0:
                    await self.orphans()
            except Unavailable:
                pass
            except Exception:
                log.exception("round failed")
            rounds += 1

    async def round(self, *, thorough: bool = True) -> int:
        """Do all that is due and that no other process is at; how much was moved."""
        moved, more = 0, True
        while more:
            more = False
            async for account in due.accounts(self.ageing.store, self.ageing.house):
                done = await self.turn(account, thorough=thorough) or 0
                moved += done
                more = more or done >= PIECES  # each piece moved one at least
            thorough = False
        await self.reclaim()
        return moved

    async def turn(self, account: Account, *, thorough: bool = False) -> int | None:
        """Do what is due in one account, a good part of it at least.

        How much was moved; `None` while another process is at it.
        """
        now, store = self.clock(), self.ageing.store
        if not account.is_due(now) and not (thorough and await due.is_owed(store, account, now)):
            return 0
        moved = 0

        async def work(_lease: Lease) -> None:
            nonlocal moved
            for _attempt in range(ATTEMPTS):
                try:
                    moved += await self._pieces(account.id, thorough=thorough)
                except Outdated:
                    continue
                return

        return moved if await self._alone(f"sweep/{account.id}", work) else None

    async def _pieces(self, id: AccountId, *, thorough: bool) -> int:
        account = await due.account(self.ageing.store, self.ageing.house, id)
        if account is None:
            return 0
        moved = pieces = 0
        doing = self.ageing.pieces(account, self.clock(), thorough=thorough)
        async with contextlib.aclosing(doing):
            async for done in doing:
                moved += done
                pieces += bool(done)
                if pieces >= PIECES:
                    break
                await asyncio.sleep(self.breath * random.uniform(0.5, 1.5))
        return moved

    async def _alone(self, name: str, work: Callable[[Lease], Awaitable[None]]) -> bool:
        """Do it unless another process is at it; whether it was done."""
        tenure = Tenure()
        holder = Leaseholder(
            store=self.ageing.store, name=name, holder=node.identity(), tenure=tenure
        )
        watch = self._watches.setdefault(name, Watch(holder.pulse.life))
        try:
            done = await holder.once(work, watch)
        except LeaseLost:
            return False
        if done:
            del self._watches[name]
        return done

    # -- objects and space -------------------------------------------------------------------

    async def orphans(self) -> int:
        """Erase the objects that no message names; how many there were."""
        erased = 0

        async def work(_lease: Lease) -> None:
            nonlocal erased
            async for key in erasing.orphans(self.ageing.store, self.ageing.blobs):
                erased += await erasing.erase_orphan(self.ageing.blobs, key)
                await asyncio.sleep(0)

        await self._alone(OBJECTS_LEASE, work)
        return erased

    async def reclaim(self) -> int:
        """Give free pages of the file back to the disk; how many they were."""
        pages = 0
        while given := await self.ageing.store.reclaim(SPARE_PAGES):
            pages += given
            await asyncio.sleep(self.breath)
        return pages
