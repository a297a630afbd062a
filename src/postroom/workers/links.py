"""One carrier's link: held by one node, with everything that goes over it.

Under the lease, and only then, the transport is bound, the pump runs and the ledger commits.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from postroom.mailbox.outcome import Ledger
from postroom.model.traffic import Traffic
from postroom.observability import logs
from postroom.store.leases import Lease
from postroom.transports import Receive, TemporaryFailure, Transport
from postroom.workers.pump import Pump
from postroom.workers.tenure import Leaseholder, Tenure, stopped

LANDING = 12.0
"""Seconds that submissions may take to come back after the link was closed."""
QUIET = 5.0
"""Seconds that the last commits may take."""

log = logs.get("workers.links")


def lease_name(carrier: str) -> str:
    """The name of a carrier's lease."""
    return f"carrier:{carrier}"


@dataclass(slots=True, kw_only=True)
class Link:
    """A carrier's transport, pump and ledger, run while the lease is ours."""

    transport: Transport
    ledger: Ledger
    pump: Pump
    leaseholder: Leaseholder

    @property
    def tenure(self) -> Tenure:
        """Whether the link is ours right now: the transport's guard."""
        return self.leaseholder.tenure

    def is_bound(self) -> bool:
        """Whether it is ours, and messages can be submitted."""
        return self.leaseholder.lease is not None and self.transport.bound()

    async def run(self, receive: Receive) -> None:
        """Hold the link whenever it is ours, until cancelled."""

        async def guarded(traffic: Traffic) -> None:
            if not self.tenure():
                raise TemporaryFailure("the link is not ours any more")
            await receive(traffic)

        await self.leaseholder.run(lambda lease: self._hold(lease, guarded))

    async def _hold(self, lease: Lease, receive: Receive) -> None:
        self.ledger.claims.begin(lease)
        try:
            if recovered := await self.ledger.recover():
                log.warning("found on the wire", carrier=self.transport.name, count=recovered)
            await self._carry(receive)
        finally:
            self.ledger.end()

    async def _carry(self, receive: Receive) -> None:
        """Until one of the three ends; then close the link first and settle what comes back."""
        committing = asyncio.create_task(self.ledger.run())
        carrying = asyncio.create_task(self.transport.run(receive))
        pumping = asyncio.create_task(self.pump.run())
        tasks = (pumping, carrying, committing)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await stopped(pumping)
            await stopped(carrying)
            await self._land()
            await stopped(committing)

    async def _land(self) -> None:
        """Settle what comes back from the closed link; nothing, when it is ours no more."""
        if self.tenure():
            await self.pump.landed(LANDING)
            with suppress(Exception):
                await self._settled()
        self.pump.cancel()

    async def _settled(self) -> None:
        async with asyncio.timeout(QUIET):
            await self.ledger.quiet()
            await self.ledger.claims.clear_doubt()
