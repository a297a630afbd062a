"""Moving submissions from the outbox to one carrier: claim, submit, settle.

bell or time ──► is something due? ──► claim ≤ free window ──► submit ──► ledger
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from postroom.mailbox.outcome import Ledger
from postroom.model.errors import Unavailable
from postroom.model.traffic import Failure, Fate, Submission, Submitted
from postroom.observability import logs
from postroom.store.leases import LeaseLost
from postroom.store.outbox import Entry
from postroom.transports import Transport

TICK = 0.5
"""Seconds after which it looks though no bell rang: for retries, and for other processes."""
NAP = 0.02
"""Seconds to let more commits come before it looks again, unless the window has room now."""
CHORES = 60.0
"""Seconds between looking for what was tried for too long, and for receipts that fit now."""
OVERDUE_AT_ONCE = 100

log = logs.get("workers.pump")


@dataclass(slots=True, kw_only=True)
class Pump:
    """One carrier's pump, while the lease is ours; `window` bounds what is claimed."""

    ledger: Ledger
    transport: Transport
    window: int
    guard: Callable[[], bool]
    tick: float = TICK
    chores: float = CHORES
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _room: asyncio.Event = field(default_factory=asyncio.Event)
    _flights: set[asyncio.Task[None]] = field(default_factory=set)
    _tidied: float = 0.0

    def ring(self) -> None:
        """There may be something to submit."""
        self._bell.set()

    def _hurry(self) -> None:
        """The window has room."""
        self._room.set()
        self._bell.set()

    async def run(self) -> None:
        """Pump until cancelled.  Raises `LeaseLost`."""
        self.ledger.on_settled = self._hurry
        while True:
            self._bell.clear()
            self._room.clear()
            try:
                moved = await self._step()
            except LeaseLost:
                raise
            except Unavailable:
                moved = False
            except Exception:
                log.exception("pump step failed", carrier=self.transport.name)
                moved = False
            if not moved:
                await self._rest()

    async def landed(self, seconds: float) -> None:
        """Until every submission came back, or so many seconds have passed."""
        if self._flights:
            await asyncio.wait(tuple(self._flights), timeout=seconds)

    def cancel(self) -> None:
        """Wait for nothing that is still out: what is claimed stays so."""
        for flight in tuple(self._flights):
            flight.cancel()

    async def _rest(self) -> None:
        # Not `asyncio.wait_for`, which in Python 3.11 may swallow a cancellation.
        with suppress(TimeoutError):
            async with asyncio.timeout(self.tick):
                await self._bell.wait()
            async with asyncio.timeout(NAP):
                await self._room.wait()

    async def _step(self) -> bool:
        """Claim and submit what the link takes now; whether there may be more."""
        await self._tidy()
        if not self.transport.bound():
            return await self.ledger.claims.hand_over() > 0
        claims = self.ledger.claims
        room = min(self.transport.free(), self.window - len(claims.open))
        if room <= 0 or not await claims.is_due():
            return False
        claimed = await claims.claim(room)
        for entry in claimed.entries:
            flight = asyncio.create_task(self._fly(entry))
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)
        return any((claimed.entries, claimed.elsewhere, claimed.unserved))

    async def _tidy(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._tidied < self.chores:
            return
        self._tidied = now
        await self.ledger.give_up(OVERDUE_AT_ONCE)
        await self.ledger.revisit()

    async def _fly(self, entry: Entry) -> None:
        submitted = await self._submit(entry)
        self.ledger.finish(entry, submitted)

    async def _submit(self, entry: Entry) -> Submitted:
        if not self.guard():
            return _failed(Fate.TEMPORARY, "the link is not ours")
        try:
            return await self.transport.submit(submission(entry))
        except Exception:
            # A bug in a transport holds up one message only; nobody knows what was written.
            log.exception("submit failed", carrier=self.transport.name)
            return _failed(Fate.UNCERTAIN, "an error while it was submitted")


def submission(entry: Entry) -> Submission:
    """An outbox entry as transports see it."""
    return Submission(
        account_id=entry.account_id,
        extension_id=entry.extension_id,
        message_id=entry.message_id,
        sender=entry.sender,
        recipient=entry.recipient,
        text=entry.body,
        segments_done=entry.segments_done,
    )


def _failed(fate: Fate, reason: str) -> Submitted:
    not_bound = fate is Fate.TEMPORARY
    return Submitted(failure=Failure(fate=fate, reason=reason, not_bound=not_bound))
