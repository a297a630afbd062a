"""Legal holds: while one stands, nothing that it covers is purged or removed, by anybody.

Holds are independent of each other: what several cover is free when the last one is released.
"""

from enum import IntFlag

import msgspec

from postroom.model.ids import ExtensionId

LONGEST_REASON = 500


class Held(IntFlag):
    """What holds a mailbox; 0 is nothing."""

    EXTENSION = 1
    ACCOUNT = 2

    @classmethod
    def by(cls, extension: ExtensionId | None) -> "Held":
        """The bit of a hold on one extension, or on the account."""
        return cls.ACCOUNT if extension is None else cls.EXTENSION


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold on one extension, or on the whole account; times in Unix ms."""

    id: int
    extension: ExtensionId | None
    reason: str
    placed_by: str
    placed_ms: int
    released_by: str | None = None
    released_ms: int | None = None
