"""The life of a message in its mailbox.

             delete              purge              forget
    Alive ----------> Deleted ----------> Purged ----------> (gone)
      ^                  |                   ^
      +----- restore ----+                   |
      +--------------- erase ----------------+

*erase* is `purge=true`: from Alive at once.  *evict* is a deletion that nobody asked for, by age or
for want of room: unlike a user's second *delete* it never goes further than Deleted.  A purge drops
the content; a purged message cannot be restored.

Source: guide 003, Message Availability and Life Cycle.
"""

from enum import Enum

from postroom.model.message import Availability


class Step(Enum):
    """What may be done to a message's availability."""

    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    ERASE = "erase"
    EVICT = "evict"
    FORGET = "forget"


ALIVE, DELETED, PURGED = Availability.ALIVE, Availability.DELETED, Availability.PURGED

TRANSITIONS: dict[tuple[Availability, Step], Availability | None] = {
    (ALIVE, Step.DELETE): DELETED,
    (DELETED, Step.DELETE): PURGED,
    (ALIVE, Step.EVICT): DELETED,
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


def is_held_off(availability: Availability, step: Step) -> bool:
    """Whether a legal hold forbids a step: it takes content away, or nobody asked for it."""
    return step is Step.EVICT or TRANSITIONS[availability, step] in (PURGED, None)


def starts(step: Step) -> tuple[Availability, ...]:
    """The availabilities in which a step may be taken."""
    return tuple(start for start, taken in TRANSITIONS if taken is step)
