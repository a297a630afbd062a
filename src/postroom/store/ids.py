"""Where new ids come from: a leased worker number and a clock that is never behind what was given.

`ids_until` of the worker's row is moved ahead durably before ids up to it are given, so that a
restart begins behind everything that was ever given, whatever the clock says.
"""

import time
from collections.abc import Iterator

from postroom.model.errors import Unavailable
from postroom.model.ids import PER_TICK, first_of_tick, tick_of

AHEAD_TICKS = 100 * 60


class IdSource:
    """Unique, rising 53-bit ids of one worker.

    On overflow of a tick, or when the clock steps back, the next tick is borrowed.  `until` is the
    first tick that may not be used yet; whoever holds the lease moves it ahead.
    """

    def __init__(self, worker: int, from_tick: int, until: int) -> None:
        self.begin(worker, from_tick, until)

    def begin(self, worker: int, from_tick: int, until: int) -> None:
        """Go on as another worker, whose ids of `from_tick` and later nobody has given."""
        self.worker, self.until = worker, until
        self._tick = from_tick - 1
        self._next = self._end = 0

    def stop(self) -> int:
        """Give no more ids; the first tick of which none was given."""
        self._next = self._end
        self.until = min(self.until, self._tick + 1)
        return self.until

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        """An id.  Raises `Unavailable` when all that were reserved are given."""
        if self._next == self._end:
            self._turn()
        id = self._next
        self._next += 1
        return id

    def _turn(self) -> None:
        tick = max(self._tick + 1, tick_of(time.time_ns() // 1_000_000))
        if tick >= self.until:
            raise Unavailable
        self._tick = tick
        self._next = first_of_tick(tick, self.worker)
        self._end = self._next + PER_TICK

    @property
    def tick(self) -> int:
        """The tick of the ids that are given now."""
        return self._tick
