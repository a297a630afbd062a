"""Everything between the outbox and the carriers, in this process."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from postroom.mailbox.outcome import Ledger
from postroom.mailbox.verdicts import Terms
from postroom.model.routing import Route, Routing
from postroom.model.traffic import DeliveryReport
from postroom.observability import logs, metrics
from postroom.store import leases, outbox
from postroom.store.database import Store
from postroom.store.leases import LeaseLost
from postroom.store.outbox import NOBODY
from postroom.transports import Receive, Transport
from postroom.workers import node
from postroom.workers.caretaking import LEASE, Caretaker
from postroom.workers.links import Link, lease_name
from postroom.workers.pump import Pump
from postroom.workers.tenure import Leaseholder, Pulse, Tenure

LOOK = 1.0
"""Seconds between looks at which carriers are bound on other nodes."""
EXTENT = 10.0
"""Seconds between looks at how much waits."""

Clock = Callable[[], int]

log = logs.get("workers.outbox")


def real_ms() -> int:
    """Real time in Unix ms."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """A carrier as it was set up; `tenure` is also its transport's guard."""

    transport: Transport
    prefixes: tuple[str, ...]
    window: int
    terms: Terms
    tenure: Tenure = field(default_factory=Tenure)


class Outbox:
    """The links of this process, and the care for the outbox as a whole.

    `depth` and `oldest_seconds` say how much waits for all carriers, and since when.
    """

    def __init__(
        self,
        store: Store,
        carriages: Sequence[Carriage],
        clock: Clock,
        *,
        retry_ms: int = 24 * 3_600_000,
        park_ms: int = 72 * 3_600_000,
        pulse: Pulse | None = None,
        real: Clock = real_ms,
    ) -> None:
        routes = tuple(Route(carrier=c.terms.carrier, prefixes=c.prefixes) for c in carriages)
        self.store, self.routing, self._clock, self._real = store, Routing(routes), clock, real
        self.holder = node.identity()
        self.pulse = pulse or Pulse()
        self.depth, self.oldest_seconds = 0, 0.0
        self._elsewhere: frozenset[str] = frozenset()
        self.links = {c.terms.carrier: self._link(c) for c in carriages}
        self.caretaker = self._caretaker(retry_ms, park_ms)
        store.on_commit(self.ring)

    def _link(self, carriage: Carriage) -> Link:
        ledger = self._ledger(carriage.terms)
        leaseholder = self._leaseholder(lease_name(carriage.terms.carrier), carriage.tenure)
        pump = Pump(
            ledger=ledger,
            transport=carriage.transport,
            window=carriage.window,
            guard=carriage.tenure,
        )
        link = Link(transport=carriage.transport, ledger=ledger, pump=pump, leaseholder=leaseholder)
        leaseholder.is_bound = link.is_bound
        self._show(carriage.terms.carrier, link)
        return link

    def _show(self, carrier: str, link: Link) -> None:
        metrics.carrier_bound.watch((carrier,), lambda: float(link.is_bound()))
        metrics.carrier_in_flight.watch((carrier,), lambda: len(link.ledger.claims.open))

    def _caretaker(self, retry_ms: int, park_ms: int) -> Caretaker:
        ledger = self._ledger(Terms(carrier=NOBODY, retry_ms=retry_ms))
        leaseholder = self._leaseholder(LEASE, Tenure())
        metrics.outbox_depth.watch((), lambda: self.depth)
        metrics.outbox_age.watch((), lambda: self.oldest_seconds)
        return Caretaker(ledger=ledger, leaseholder=leaseholder, park_ms=park_ms)

    def _ledger(self, terms: Terms) -> Ledger:
        ledger = Ledger(self.store, terms, self.routing, self._clock, self._real)
        ledger.claims.bound = self.bound
        return ledger

    def _leaseholder(self, name: str, tenure: Tenure) -> Leaseholder:
        return Leaseholder(
            store=self.store, name=name, holder=self.holder, tenure=tenure, pulse=self.pulse
        )

    def bound(self) -> frozenset[str]:
        """The carriers that are bound on any node, as far as this one knows."""
        here = (name for name, link in self.links.items() if link.is_bound())
        return self._elsewhere.union(here)

    def ring(self) -> None:
        """There may be something to submit."""
        for link in self.links.values():
            link.pump.ring()

    async def reported(self, report: DeliveryReport) -> None:
        """File a delivery receipt.  Raises `LeaseLost`, `Unavailable`."""
        link = self.links.get(report.carrier)
        if link is None:
            raise LeaseLost(report.carrier)
        await link.ledger.reported(report)

    async def run(self, receive: Receive) -> None:
        """Hold the links, bring what carriers bring to `receive`, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for link in self.links.values():
                group.create_task(link.run(receive))
            group.create_task(self.caretaker.run())
            group.create_task(self._look())

    async def _look(self) -> None:
        """Keep an eye on the other nodes, and on how much waits."""
        looks = 0
        while True:
            try:
                await self._look_elsewhere()
                if looks % int(EXTENT / LOOK) == 0:
                    await self._measure()
            except Exception:
                log.exception("look failed")
            looks += 1
            await asyncio.sleep(LOOK)

    async def _look_elsewhere(self) -> None:
        carriers = {lease_name(carrier): carrier for carrier in self.links}
        rows = await self.store.look(leases.READ, names=list(carriers))
        seen = [leases.read(row) for row in rows]
        self._elsewhere = frozenset(
            carriers[lease.name] for lease in seen if lease.bound and lease.holder != self.holder
        )

    async def _measure(self) -> None:
        [[depth, oldest_ms]] = await self.store.fetch(outbox.EXTENT)
        age = self._clock() - oldest_ms if oldest_ms is not None else 0
        self.depth, self.oldest_seconds = depth, max(0.0, age / 1000)
