"""Which process may give which ids: a leased worker number, and how far it has given.

`ids_until` is moved ahead durably before ids up to it are given.  Whoever takes a number begins
behind it, so that an id is never given twice, whatever happened to the process or to its clock.
"""

import time

from sqlalchemy import Text, select, update

from postroom.model.ids import WORKERS, tick_of
from postroom.store.commands import Steps, many, one
from postroom.store.database import Store
from postroom.store.ids import AHEAD_TICKS, IdSource
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import id_worker

LEASE_MS = 60_000
FREE = ""

READ = Statement(
    select(
        id_worker.c.number, id_worker.c.holder, id_worker.c.until_ms, id_worker.c.ids_until
    ).order_by(id_worker.c.number)
)
ADD = insertion(id_worker, ignore=True)
TAKE = Statement(
    update(id_worker)
    .values(
        holder=arg("holder", Text()), until_ms=arg("until"), ids_until=arg("ids_until")
    )
    .where(
        id_worker.c.number == arg("number"),
        id_worker.c.holder == arg("seen", Text()),
        id_worker.c.ids_until == arg("seen_ids"),
    )
    .returning(id_worker.c.number)
)
RELEASE = Statement(
    update(id_worker)
    .values(holder=arg("free", Text()))
    .where(id_worker.c.number == arg("number"), id_worker.c.holder == arg("holder", Text()))
)


class NoWorkerNumber(Exception):
    """More processes than worker numbers give ids on one database."""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class IdLease:
    """A worker number, held while this process lives; `source` gives the ids."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.number = -1
        self.source: IdSource

    async def acquire(self, store: Store) -> IdSource:
        """Take a free number, or one whose holder has been silent for its whole lease."""
        self._store = store
        await store.transact(_make)
        number, begin, until = await store.transact(self._take)
        self.number = number
        self.source = IdSource(number, begin, until)
        return self.source

    def _take(self) -> Steps[tuple[int, int, int]]:
        now = _now_ms()
        rows = yield from one(READ)
        for number, holder, until_ms, ids_until in rows:
            if holder != FREE and until_ms > now:
                continue
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
        """Hold the number on, and move `ids_until` ahead; call it every few seconds."""
        source = self.source
        ahead = max(tick_of(_now_ms()), source.tick) + AHEAD_TICKS
        reserved = source.until

        def steps() -> Steps[bool]:
            rows = yield from one(
                TAKE,
                holder=self.holder,
                until=_now_ms() + LEASE_MS,
                ids_until=max(ahead, reserved),
                number=self.number,
                seen=self.holder,
                seen_ids=reserved,
            )
            return bool(rows)

        if not await self._store.transact(steps):
            raise NoWorkerNumber(f"worker number {self.number} was taken by another process")
        source.until = max(ahead, reserved)

    async def release(self) -> None:
        """Give the number back."""

        def steps() -> Steps[None]:
            yield from one(RELEASE, free=FREE, number=self.number, holder=self.holder)

        await self._store.transact(steps)


def _make() -> Steps[None]:
    """Have a row for each number, made at the first start."""
    rows = yield from one(READ)
    if len(rows) < WORKERS:
        yield from many(ADD, [(number, FREE, 0, 0) for number in range(WORKERS)])
