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
REROUTED = 60
"""Rounds between looking whether somebody serves by now what nobody served."""
AT_ONCE = 1_000
BREATH = 0.05
"""Seconds between pieces of a large cleaning."""
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
        rounds = 0
        while True:
            try:
                if rounds % REROUTED == 0:
                    await self.reroute()
                await self.step()
            except LeaseLost:
                raise
            except Unavailable:
                pass
            except Exception:
                log.exception("round failed")
            rounds += 1
            await asyncio.sleep(self.every)

    async def reroute(self) -> None:
        """Have routed again what nobody serves, or whose carrier exists no more."""
        carriers = self.ledger.routing.carriers
        await self.ledger.store.transact(lambda: outbox.unroute(carriers))

    async def step(self) -> None:
        """Give up what is too old, forget what is older."""
        await self.ledger.give_up(AT_ONCE)
        now = self.ledger.claims.now_due()
        is_more = True
        while is_more:
            is_more = await self.ledger.store.transact(
                lambda: receipts.forget(now - REMEMBERED_MS, now - self.park_ms, AT_ONCE)
            )
            await asyncio.sleep(BREATH)
