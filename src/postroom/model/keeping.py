"""How long messages are kept, and how many: what an account chose, else the house's default.

    Alive --retention_days--> Deleted --deleted_days--> Purged --purged_days--> (gone)

Source: guide 003, Message Availability and Life Cycle; wire.md 2.10, 5.5.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from postroom.model.lifecycle import Step
from postroom.model.message import Availability, Direction, MessageType

DAY_MS = 86_400_000
SHORTEST_RETENTION, LONGEST_RETENTION = 7, 90
CHANGES_KEPT_MS = 14 * DAY_MS
"""How long the changes of a mailbox can be asked for.  Source: write-path.md, Sync."""

TEXTS = (MessageType.SMS, MessageType.PAGER)
AGEING_TYPES = (MessageType.FAX, MessageType.VOICEMAIL)
"""The types that a retention is about; texts stay as long as nobody deletes them."""


class Reason(StrEnum):
    """Why a message moves on by itself."""

    DELETED = "deleted"
    PURGED = "purged"
    RETENTION = "retention"
    QUOTA = "quota"


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """Days and numbers that hold; 0 means without end for `retention_days`, no limit for numbers.

    `texts` counts per folder (received, sent), `faxes` and `voicemails` per mailbox.
    """

    deleted_days: int = 5
    purged_days: int = 5
    retention_days: int = LONGEST_RETENTION
    texts: int = 5000
    faxes: int = 200
    voicemails: int = 200


class Choices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an account chose for itself; `None` leaves it to the house."""

    deleted_days: int | None = None
    purged_days: int | None = None
    retention_days: int | None = None
    texts: int | None = None
    faxes: int | None = None
    voicemails: int | None = None

    def over(self, house: Keeping) -> Keeping:
        """What holds for the account, where `house` is what holds without a choice."""
        every = msgspec.structs.asdict(self)
        chosen = {name: value for name, value in every.items() if value is not None}
        return msgspec.structs.replace(house, **chosen)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Messages whose time has come: they are as `found` since `before_ms` or longer.

    Without `types` it is about all of them.
    """

    reason: Reason
    found: Availability
    step: Step
    before_ms: int
    types: tuple[MessageType, ...] = ()


def due(keeping: Keeping, now_ms: int) -> Sequence[Due]:
    """What age does to messages; the later stations first, so that nothing takes two steps."""
    rules = (
        (Reason.PURGED, Availability.PURGED, Step.FORGET, keeping.purged_days, ()),
        (Reason.DELETED, Availability.DELETED, Step.PURGE, keeping.deleted_days, ()),
        (Reason.RETENTION, Availability.ALIVE, Step.EVICT, keeping.retention_days, AGEING_TYPES),
    )
    return [
        Due(reason=reason, found=found, step=step, before_ms=now_ms - days * DAY_MS, types=types)
        for reason, found, step, days, types in rules
        if days or reason is not Reason.RETENTION
    ]


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a mailbox that holds a limited number of messages; the oldest take `step`.

    Without `directions` it holds both.  The limit is `times` the number named by `limit`.
    """

    name: str
    limit: str
    types: tuple[MessageType, ...]
    availability: Availability
    step: Step
    directions: tuple[Direction, ...] = tuple(Direction)
    times: int = 1

    def most(self, keeping: Keeping) -> int:
        """How many messages it may hold; 0 means any number."""
        return int(getattr(keeping, self.limit)) * self.times


def _alive(name: str, limit: str, *types: MessageType, only: Direction | None = None) -> Folder:
    return Folder(
        name=name,
        limit=limit,
        types=types,
        availability=Availability.ALIVE,
        step=Step.EVICT,
        directions=tuple(Direction) if only is None else (only,),
    )


def _deleted(limit: str, *types: MessageType) -> Folder:
    return Folder(
        name=f"deleted {limit}",
        limit=limit,
        types=types,
        availability=Availability.DELETED,
        step=Step.PURGE,
        times=2,
    )


FOLDERS = (
    _alive("received texts", "texts", *TEXTS, only=Direction.INBOUND),
    _alive("sent texts", "texts", *TEXTS, only=Direction.OUTBOUND),
    _deleted("texts", *TEXTS),
    _alive("faxes", "faxes", MessageType.FAX),
    _deleted("faxes", MessageType.FAX),
    _alive("voicemails", "voicemails", MessageType.VOICEMAIL),
    _deleted("voicemails", MessageType.VOICEMAIL),
)
"""What is counted by itself; deleted copies may be twice as many.  Source: write-path.md, Quota."""
