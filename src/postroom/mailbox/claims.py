"""Claims on the outbox for one carrier, while this node holds the carrier's lease."""

from collections.abc import Callable

from postroom.mailbox import telling
from postroom.mailbox.verdicts import Terms
from postroom.model.routing import Routing
from postroom.store import outbox
from postroom.store.commands import Rows
from postroom.store.database import Store
from postroom.store.leases import Lease, LeaseLost
from postroom.store.outbox import NOBODY, Claimed, Entry, Key

MOST = 500
"""Submissions in one commit."""

Clock = Callable[[], int]


class Claims:
    """What is claimed, and under which lease.

    `open` holds what is claimed and not settled, `stuck` what could not be settled because of an
    error; `bound` names the carriers that are bound on any node, as far as this one knows.
    """

    def __init__(
        self, store: Store, terms: Terms, routing: Routing, clock: Clock, real: Clock
    ) -> None:
        self.store, self.terms, self.routing, self.clock = store, terms, routing, clock
        self.carrier = terms.carrier
        self.open: dict[Key, Entry] = {}
        self.stuck: set[Key] = set()
        self.bound: Callable[[], frozenset[str]] = frozenset
        self._real = real
        self._lease: Lease | None = None
        self._in_doubt = False
        self._looked_at = 0

    @property
    def lease(self) -> Lease:
        """The lease under which everything is written.  Raises `LeaseLost`."""
        if self._lease is None:
            raise LeaseLost(self.carrier)
        return self._lease

    def begin(self, lease: Lease) -> None:
        """The lease is ours: write under it from now on."""
        self._lease, self._in_doubt = lease, False

    def end(self) -> None:
        """It is ours no more: forget what is claimed."""
        self._lease = None
        self.open.clear()
        self.stuck.clear()

    def now_due(self) -> int:
        """Real time in Unix ms, or the movable clock where that is ahead: it dates filings."""
        return max(self._real(), self.clock())

    async def is_due(self) -> bool:
        """Whether a claim would find something."""
        now = self.now_due()
        return bool(await self.store.look(outbox.IS_DUE, carrier=self.carrier, now=now))

    async def claim(self, limit: int) -> Claimed:
        """Claim at most `limit` due submissions; it is durable when this returns.

        Raises `LeaseLost`, `Unavailable`.
        """
        lease, now, choose = (
            self.lease,
            self.now_due(),
            self._chooser(self.bound() | {self.carrier}),
        )
        await self.clear_doubt()
        self._in_doubt = True
        claimed = await self.store.transact(
            lambda: outbox.claim(lease, self.carrier, choose, limit, now)
        )
        self._in_doubt = False
        self.open.update((entry.key, entry) for entry in claimed.entries)
        telling.unserved(claimed.unserved)
        return claimed

    async def clear_doubt(self) -> None:
        """Give back what a claim took whose answer was lost: nobody has submitted it."""
        if self._in_doubt:
            lease, known = self.lease, frozenset(self.open) | self.stuck
            await self.store.transact(lambda: outbox.put_back_strays(lease, self.carrier, known))
            self._in_doubt = False

    async def hand_over(self) -> int:
        """Give what is due to carriers that are bound, while our own one is not; how many."""
        others = self.bound() - {self.carrier}
        if not others or not await self.is_due():
            return 0
        lease, now, choose = self.lease, self.now_due(), self._chooser(others)
        page = slice(self._looked_at, self._looked_at + MOST)
        handed = await self.store.transact(
            lambda: outbox.hand_over(lease, self.carrier, choose, page, now)
        )
        # What nobody else serves stays: look behind it next time.
        self._looked_at = page.stop - handed.moved if handed.seen == MOST else 0
        return handed.moved

    async def overdue(self, limit: int) -> list[Entry]:
        """Claim what was tried for too long; for `NOBODY`, what no carrier serves."""
        lease, before = self.lease, self.clock() - self.terms.retry_ms
        known = self.routing.carriers
        overdue: list[Entry] = await self.store.transact(
            lambda: (
                outbox.claim_unserved(lease, known, before, limit)
                if self.carrier == NOBODY
                else outbox.claim_overdue(lease, self.carrier, before, limit)
            )
        )
        self.open.update((entry.key, entry) for entry in overdue)
        return overdue

    async def stranded(self) -> list[Entry]:
        """What is claimed under older leases; for `NOBODY`, by carriers that exist no more."""
        fence, known = self.lease.fence, [*self.routing.carriers]
        rows: Rows
        if self.carrier == NOBODY:
            rows = await self.store.fetch(outbox.LOST, carriers=known, limit=MOST)
        else:
            arguments = {"carrier": self.carrier, "fence": fence, "limit": MOST}
            rows = await self.store.fetch(outbox.STRANDED, **arguments)
        return outbox.entries(rows)

    def _chooser(self, bound: frozenset[str]) -> outbox.Choose:
        return lambda number: self.routing.choose(number, bound) or NOBODY
