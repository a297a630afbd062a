"""What must be done once for all carriers: submissions that none serves, and old rows.

One node does it, under a lease of its own.
"""

import asyncio
from dataclasses import dataclass

from postroom.mailbox.outcome import Ledger
from postroom.model.errors import Unavailable
from postroom.observability import logs
from postroom.store import outbox, receipts
from postroom.store.leases import Lease, LeaseLost
from postroom.workers.tenure import Leaseholder, together

LEASE = "outbox"
EVERY = 60.0
"""Seconds between rounds."""
AT_ONCE = 500
DAY_MS = 86_400_000
REMEMBERED_MS = 7 * DAY_MS
"""How long a segment waits for its receipt."""

log = logs.get("workers.caretaking")


@dataclass(slots=True, kw_only=True)
class Caretaker:
    """Looks after the outbox as a whole; `ledger` is that of `NOBODY`."""

    ledger: Ledger
    leaseholder: Leaseholder
    park_ms: int
    every: float = EVERY

    async def run(self) -> None:
        """Until cancelled."""
        await self.leaseholder.run(self._work)

    async def _work(self, lease: Lease) -> None:
        self.ledger.claims.begin(lease)
        try:
            await self.ledger.recover()
            await together(self.ledger.run(), self._rounds())
        finally:
            self.ledger.end()

    async def _rounds(self) -> None:
        while True:
            try:
                await self.step()
            except LeaseLost:
                raise
            except Unavailable:
                pass
            except Exception:
                log.exception("round failed")
            await asyncio.sleep(self.every)

    async def step(self) -> None:
        """Route again what nobody serves, give up what is too old, forget what is older."""
        ledger = self.ledger
        carriers, now = ledger.routing.carriers, ledger.claims.now_due()
        await ledger.give_up(AT_ONCE)
        await ledger.store.transact(lambda: outbox.unroute(carriers))
        await ledger.store.transact(
            lambda: receipts.forget(now - REMEMBERED_MS, now - self.park_ms, AT_ONCE)
        )
