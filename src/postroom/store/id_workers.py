"""Which process may give which ids: a leased worker number, and how far it has given.

`ids_until` is moved ahead durably before ids up to it are given.  Whoever takes a number begins
behind it, so that an id is never given twice, whatever happened to the process or to its clock.
The lease only spares processes from changing numbers: taking one from a living process is safe.
"""

import time
from collections.abc import Iterable

from sqlalchemy import Text, select, update

from postroom.model.ids import WORKERS, tick_of
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.database import Store
from postroom.store.ids import AHEAD_TICKS, IdSource
from postroom.store.statements import Row, Statement, arg, insertion
from postroom.store.tables import id_worker

LEASE_MS = 15_000
FREE = ""

READ = Statement(
    select(
        id_worker.c.number, id_worker.c.holder, id_worker.c.until_ms, id_worker.c.ids_until
    ).order_by(id_worker.c.number)
)
ADD = insertion(id_worker, ignore=True)
TAKE = Statement(
    update(id_worker)
    .values(holder=arg("holder", Text()), until_ms=arg("until"), ids_until=arg("ids_until"))
    .where(
        id_worker.c.number == arg("number"),
        id_worker.c.holder == arg("seen", Text()),
        id_worker.c.ids_until == arg("seen_ids"),
    )
    .returning(id_worker.c.number)
)
HOLD = Statement(
    update(id_worker)
    .values(holder=arg("then", Text()), until_ms=arg("until"), ids_until=arg("ids_until"))
    .where(id_worker.c.number == arg("number"), id_worker.c.holder == arg("holder", Text()))
    .returning(id_worker.c.number)
)


class NoWorkerNumber(Exception):
    """More processes than worker numbers give ids on one database."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class IdLease:
    """A worker number, held while this process lives; `source` gives the ids.

    `holder` is a name that no other process has ever had.
    """

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.number = -1
        self.source = IdSource(0, 0, 0)

    async def acquire(self, store: Store) -> IdSource:
        """Take a free number, or else one whose holder has been silent for its whole lease."""
        self._store = store
        await store.transact(_make)
        await self._take()
        return self.source

    async def _take(self) -> None:
        self.number, begin, until = await self._store.transact(self._taking)
        self.source.begin(self.number, begin, until)

    def _taking(self) -> Steps[tuple[int, int, int]]:
        now = _now_ms()
        rows = yield from one(READ)
        for number, holder, _, ids_until in _takeable(rows, now):
            begin = max(tick_of(now), ids_until)
            taken = yield from one(
                TAKE,
                holder=self.holder,
                until=now + LEASE_MS,
                ids_until=begin + AHEAD_TICKS,
                number=number,
                seen=holder,
                seen_ids=ids_until,
            )
            if taken:
                return number, begin, begin + AHEAD_TICKS
        raise NoWorkerNumber(f"all {WORKERS} worker numbers are taken")

    async def renew(self) -> None:
        """Hold the number on, and move `ids_until` ahead; call it every few seconds.

        A process that slept for so long that another took its number goes on with a new one.
        """
        ahead = max(tick_of(_now_ms()), self.source.tick) + AHEAD_TICKS
        until = max(ahead, self.source.until)
        if await self._hold(self.holder, _now_ms() + LEASE_MS, until):
            self.source.until = until
        else:
            await self._take()

    async def release(self) -> None:
        """Give the number back, with the ids that were reserved and not given."""
        await self._hold(FREE, 0, self.source.stop())

    async def _hold(self, then: str, until_ms: int, ids_until: int) -> bool:
        """Whether the number was still ours to hold on, or to give to `then`."""

        def steps() -> Steps[bool]:
            rows = yield from one(
                HOLD,
                then=then,
                until=until_ms,
                ids_until=ids_until,
                number=self.number,
                holder=self.holder,
            )
            return bool(rows)

        return await self._store.transact(steps)


def _takeable(rows: Rows, now: int) -> Iterable[Row]:
    """The free numbers, then those whose lease has ended, the oldest first."""
    free = [row for row in rows if row[1] == FREE]
    silent = [row for row in rows if row[1] != FREE and row[2] <= now]
    return [*free, *sorted(silent, key=lambda row: row[2])]


def _make() -> Steps[None]:
    """Have a row for each number, made at the first start."""
    rows = yield from one(READ)
    if len(rows) < WORKERS:
        yield from many(ADD, [(number, FREE, 0, 0) for number in range(WORKERS)])
