"""What waits to be written: two lanes, bounded, and no account may fill more than its part.

Thread-safe, because SQLite's writer takes from it in a thread of its own.
"""

import asyncio
import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from postroom.model.errors import Unavailable
from postroom.model.filing import Filing
from postroom.model.ids import AccountId
from postroom.model.marking import Marking
from postroom.store.units import Outcomes, Unit, Work

BATCH_UNITS = 512
BATCH_ROWS = 5000
BULK_ROWS = 200
BULK_EVERY = 4


@dataclass(slots=True, eq=False)
class Waiting:
    """A unit in the queue, with the future of whoever waits for it; `rows` is its weight."""

    unit: Unit
    future: "asyncio.Future[Any]"
    rows: int
    account_id: AccountId | None


class Queue:
    """Bounded lanes of units: requests and carriers first, bulk work one batch in four.

    `limit` counts rows over both lanes; one account may hold a quarter of it.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lanes: tuple[deque[Waiting], deque[Waiting]] = (deque(), deque())
        self._rows = 0
        self._held: Counter[AccountId] = Counter()
        self._batches = 0
        self._closed = False
        self.arrived = threading.Condition()

    def __len__(self) -> int:
        return len(self._lanes[0]) + len(self._lanes[1])

    def depths(self) -> tuple[int, int]:
        """How many units wait in each lane."""
        return len(self._lanes[0]), len(self._lanes[1])

    def put(self, unit: Unit, future: "asyncio.Future[Any]", *, bulk: bool = False) -> Waiting:
        """Queue a unit.

        Raises `Unavailable` when the queue, or the account's part of it, is full; an empty queue
        takes a unit of any size.
        """
        waiting = Waiting(unit, future, weight(unit), burdened(unit))
        with self.arrived:
            if self._closed or self._is_full(waiting):
                raise Unavailable
            self._lanes[bulk].append(waiting)
            self._rows += waiting.rows
            if waiting.account_id is not None:
                self._held[waiting.account_id] += waiting.rows
            self.arrived.notify()
        return waiting

    def _is_full(self, waiting: Waiting) -> bool:
        if self._rows and self._rows + waiting.rows > self.limit:
            return True
        account_id = waiting.account_id
        held = self._held[account_id] if account_id is not None else 0
        return bool(held) and held + waiting.rows > self.limit // 4

    def take(self) -> list[Waiting]:
        """The next batch, bounded by units and rows; empty when nothing waits."""
        with self.arrived:
            return self._take()

    def wait(self) -> list[Waiting] | None:
        """Block until something waits; `None` when the queue is closed and drained."""
        with self.arrived:
            while not len(self):
                if self._closed:
                    return None
                self.arrived.wait()
            return self._take()

    def _take(self) -> list[Waiting]:
        first, bulk = self._lanes
        self._batches += 1
        if bulk and (not first or self._batches % BULK_EVERY == 0):
            return self._fill(bulk, BULK_ROWS)
        return self._fill(first, BATCH_ROWS)

    def _fill(self, lane: deque[Waiting], limit: int) -> list[Waiting]:
        batch: list[Waiting] = []
        rows = 0
        while lane and len(batch) < BATCH_UNITS and (not batch or rows + lane[0].rows <= limit):
            waiting = lane.popleft()
            rows += waiting.rows
            batch.append(waiting)
            if waiting.account_id is not None:
                self._held[waiting.account_id] -= waiting.rows
                if not self._held[waiting.account_id]:
                    del self._held[waiting.account_id]
        self._rows -= rows
        return batch

    def close(self) -> None:
        """Take nothing more; what waits is still written."""
        with self.arrived:
            self._closed = True
            self.arrived.notify_all()


def weight(unit: Unit) -> int:
    """About how many rows a unit writes."""
    match unit:
        case Filing():
            return 1 + len(unit.messages)
        case Marking():
            return 1 + len(unit.ids)
        case Outcomes():
            return 1 + len(unit.outcomes)
        case Work():
            return 1


def burdened(unit: Unit) -> AccountId | None:
    """The account that a unit belongs to, when it is one."""
    return None if isinstance(unit, Outcomes) else unit.account_id
