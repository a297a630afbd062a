"""The life of a message in its mailbox.

             delete              purge              forget
    Alive ----------> Deleted ----------> Purged ----------> (gone)
      ^                  |                   ^
      +----- restore ----+                   |
      +--------------- erase ----------------+

*erase* is `purge=true`: from Alive at once.  A purge drops the content; a purged message cannot be
restored.  Source: guide 003, Message Availability and Life Cycle.
"""

from enum import Enum

from postroom.model.message import Availability


class Step(Enum):
    """What may be done to a message's availability."""

    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    ERASE = "erase"
    FORGET = "forget"


ALIVE, DELETED, PURGED = Availability.ALIVE, Availability.DELETED, Availability.PURGED

TRANSITIONS: dict[tuple[Availability, Step], Availability | None] = {
    (ALIVE, Step.DELETE): DELETED,
    (DELETED, Step.DELETE): PURGED,
    (DELETED, Step.RESTORE): ALIVE,
    (ALIVE, Step.RESTORE): ALIVE,
    (DELETED, Step.PURGE): PURGED,
    (ALIVE, Step.ERASE): PURGED,
    (DELETED, Step.ERASE): PURGED,
    (PURGED, Step.FORGET): None,
}
"""(from, step) -> to; `None` is physical removal.  What is not here is refused.

A second DELETE purges, as RingCentral's does.  Source: wire.md 2.6.
"""


def allows(availability: Availability, step: Step) -> bool:
    """Whether the table has such a step."""
    return (availability, step) in TRANSITIONS


def after(availability: Availability, step: Step) -> Availability | None:
    """Where a step leads; `KeyError` when the table has none."""
    return TRANSITIONS[availability, step]


def is_final(availability: Availability, step: Step) -> bool:
    """Whether a step takes content away: what is under a legal hold does not take it."""
    return TRANSITIONS[availability, step] in (PURGED, None)


def starts(step: Step) -> tuple[Availability, ...]:
    """The availabilities in which a step may be taken."""
    return tuple(start for start, taken in TRANSITIONS if taken is step)
