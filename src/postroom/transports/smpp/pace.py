"""How fast a link may submit: a token bucket that yields when the carrier throttles.

The bucket holds 2 % of the rate (or one), so that no second ever sees more than 102 % of it, and
a timer that comes 20 ms late loses nothing.  Being throttled halves the pace and stops it for a
pause; it recovers by a twentieth of the full rate per second.  Times are seconds of a monotonic
clock.
"""

from typing import Final

SLACK: Final = 0.02
RECOVERY: Final = 0.05
SLOWEST: Final = 1.0


class Pace:
    """The pace of one link; `full` is the configured rate per second."""

    __slots__ = ("_at", "_paused_until", "_tokens", "_window", "full", "rate")

    def __init__(self, full: float, now: float) -> None:
        self.full = full
        self.rate = full
        self._at = now
        self._tokens = 1.0
        self._paused_until = now
        self._window = (now, 0, 0)

    def take(self, now: float) -> bool:
        """Whether one more may go now; if so, it is counted."""
        if now < self._paused_until:
            return False
        self._refill(now)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        since, before, count = self._window
        self._window = (since, before, count + 1) if now - since < 1.0 else (now, count, 1)
        return True

    def wait(self, now: float) -> float:
        """Seconds until `take` can succeed."""
        missing = max(0.0, 1.0 - self._tokens) / self.rate
        return max(self._at + missing, self._paused_until) - now

    def paused(self, now: float) -> bool:
        """Whether a throttled carrier is being given its pause."""
        return now < self._paused_until

    def slow(self, now: float, pause: float) -> None:
        """The carrier throttles; further complaints during the pause change nothing."""
        if now < self._paused_until:
            return
        _, before, count = self._window
        reached = max(before, count, SLOWEST)
        self.rate = min(self.full, max(SLOWEST, min(self.rate, reached) / 2.0))
        self._paused_until = self._at = now + pause
        self._tokens = 0.0

    def _refill(self, now: float) -> None:
        elapsed = now - self._at
        self._at = now
        self._tokens = min(max(1.0, SLACK * self.full), self._tokens + elapsed * self.rate)
        if self.rate < self.full:
            self.rate = min(self.full, self.rate + elapsed * RECOVERY * self.full)
