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
from postroom.workers.tenure import Leaseholder, Tenure, first, stopped

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
        """Carry until cancelled, then settle what came back."""
        self.ledger.claims.begin(lease)
        committing = carrying = None
        try:
            if recovered := await self.ledger.recover():
                log.warning("found on the wire", carrier=self.transport.name, count=recovered)
            committing = asyncio.create_task(self.ledger.run())
            carrying = asyncio.create_task(self._carry(receive))
            await first(committing, carrying)
        finally:
            try:
                if carrying is not None and committing is not None:
                    await self._put_down(carrying, committing)
            finally:
                self.pump.cancel()
                self.ledger.end()

    async def _carry(self, receive: Receive) -> None:
        """Be bound while the link is ours for sure, and again when it turns out to be."""
        while True:
            if self.tenure():
                await self._be_bound(receive)
                log.warning("lease lapsed", carrier=self.transport.name)
            await asyncio.sleep(self.leaseholder.pulse.step)

    async def _be_bound(self, receive: Receive) -> None:
        """Until the lease lapses; then close the link first, and wait for what comes back."""
        pumping = asyncio.create_task(self.pump.run())
        linking = asyncio.create_task(self.transport.run(receive))
        lapsing = asyncio.create_task(self.tenure.lapsed())
        try:
            await first(pumping, linking, lapsing)
        finally:
            await stopped(lapsing, pumping, linking)
            if not self.tenure.is_over:
                await self.pump.landed(LANDING)

    async def _put_down(
        self, carrying: "asyncio.Task[None]", committing: "asyncio.Task[None]"
    ) -> None:
        """Take the link down, then commit what came back over it."""
        try:
            await stopped(carrying)
            await self._settle(committing)
        finally:
            await stopped(committing)

    async def _settle(self, committing: "asyncio.Task[None]") -> None:
        """Let the last commits be made, unless the link is somebody else's."""
        if self.tenure.is_over or committing.done():
            return
        with suppress(Exception):
            async with asyncio.timeout(QUIET):
                await self.ledger.quiet()
                await self.ledger.claims.clear_doubt()
