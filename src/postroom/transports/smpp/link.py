"""Whether the SMSC is still there, decided by values alone.

    heard ──quiet──► ENQUIRE ──patience──► HANG_UP
      ▲                 │
      └───── any PDU ───┘

A tick that comes far too late shows that this process was stopped: before it calls others late it
reads what has come meanwhile.  Times are seconds of a monotonic clock.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Self

OVERSLEPT: Final = 1.0
"""A tick that comes so many seconds late was held up by ourselves."""


class Action(Enum):
    """What to do about the state of a link."""

    WAIT = "wait"
    ENQUIRE = "enquire"
    HANG_UP = "hang up"
    READ_FIRST = "read first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The state of one bound session."""

    heard_at: float
    enquired_at: float | None = None
    ticked_at: float | None = None
    quiet: float = 30.0
    patience: float = 10.0
    often: float = 1.0
    """How often it is to be ticked."""

    def heard(self, now: float) -> Self:
        """Any whole PDU from the SMSC proves that it is there."""
        return replace(self, heard_at=now, enquired_at=None)

    def tick(self, now: float) -> tuple[Self, Action]:
        """The next state, and what to do about it."""
        ticked = replace(self, ticked_at=now)
        if self.ticked_at is not None and now - self.ticked_at > self.often + OVERSLEPT:
            return ticked, Action.READ_FIRST
        if self.enquired_at is not None:
            late = now - self.enquired_at > self.patience
            return ticked, Action.HANG_UP if late else Action.WAIT
        if now - self.heard_at > self.quiet:
            return replace(ticked, enquired_at=now), Action.ENQUIRE
        return ticked, Action.WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before the next attempt: twice as long each time, with jitter."""

    first: float
    longest: float
    attempts: int = 0

    def failed(self) -> Self:
        """One more attempt came to nothing."""
        return replace(self, attempts=min(self.attempts + 1, 64))

    def delay(self, chance: float) -> float:
        """Seconds to wait now; `chance` in [0, 1) takes up to a half off, so that links part."""
        return min(self.longest, self.first * 2.0**self.attempts) * (1.0 - chance / 2.0)
