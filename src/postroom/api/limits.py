"""Rate limits: a sliding window per user, app and group, with a penalty that asking prolongs.

Real monotonic time: a moved clock neither grants nor takes requests.  Source: wire.md 0.5.
"""

import time
from collections import OrderedDict, deque
from math import ceil

import msgspec

from postroom.api.endpoint import Group
from postroom.model.errors import RateExceeded

BUCKETS = 100_000
Lines = tuple[tuple[bytes, bytes], ...]


class Standing(msgspec.Struct, frozen=True):
    """Where a caller stands after a request, as the headers show it."""

    group: str
    limit: int
    remaining: int
    window: int

    def headers(self) -> Lines:
        """The four headers, as bytes."""
        return (
            (b"x-rate-limit-group", self.group.encode()),
            (b"x-rate-limit-limit", b"%d" % self.limit),
            (b"x-rate-limit-remaining", b"%d" % self.remaining),
            (b"x-rate-limit-window", b"%d" % self.window),
        )


class Unlimited(Standing, frozen=True):
    """Where everybody stands while limits are switched off."""

    lines: Lines = ()

    def headers(self) -> Lines:
        """The four headers, made once."""
        return self.lines


class Bucket:
    """The requests of one user, app and group inside of the window."""

    __slots__ = ("free_at", "times")

    def __init__(self) -> None:
        self.times: deque[float] = deque()
        self.free_at = 0.0


class Limits:
    """All buckets; the least recently used are forgotten."""

    def __init__(self, limits: dict[str, int], window: int, penalty: int, *, enabled: bool) -> None:
        self.limits, self.window, self.penalty, self.enabled = limits, window, penalty, enabled
        self._unlimited = {
            name: Unlimited(
                name, limit, limit, window, Standing(name, limit, limit, window).headers()
            )
            for name, limit in limits.items()
        }
        self._buckets: OrderedDict[tuple[object, str, Group], Bucket] = OrderedDict()

    def take(self, user: object, app: str, group: Group) -> Standing | None:
        """Count one request.

        Raises `RateExceeded` above the limit and during the penalty, which then begins again.
        """
        if not self.enabled:
            return self._unlimited.get(group)
        limit = self.limits.get(group.value)
        if limit is None:
            return None
        bucket = self._bucket((user, app, group))
        now = time.monotonic()
        while bucket.times and bucket.times[0] <= now - self.window:
            bucket.times.popleft()
        if now < bucket.free_at or len(bucket.times) >= limit:
            bucket.free_at = now + self.penalty
            raise RateExceeded(ceil(self.penalty))
        bucket.times.append(now)
        return Standing(group.value, limit, limit - len(bucket.times), self.window)

    def exhausted(self, group: Group) -> Standing:
        """Where somebody stands who asked once too often."""
        return Standing(group.value, self.limits.get(group.value, 0), 0, self.window)

    def _bucket(self, key: tuple[object, str, Group]) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket()
            if len(self._buckets) > BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket
