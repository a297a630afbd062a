"""What a client wants to see of a mailbox.

Source: wire.md 2.5.
"""

import msgspec

from postroom.model.ids import ConversationId
from postroom.model.message import Availability, Direction, MessageType, ReadStatus
from postroom.model.words import Term

DAY_MS = 24 * 3600 * 1000


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Filters and page of a list; an empty tuple takes any.

    `date_from_ms` and `date_to_ms` are inclusive bounds of the creation time; `phone` is an MSISDN;
    `terms` is what
    the `search` asks for, every one of them.
    """

    availabilities: tuple[Availability, ...] = (Availability.ALIVE,)
    types: tuple[MessageType, ...] = ()
    directions: tuple[Direction, ...] = ()
    read_states: tuple[ReadStatus, ...] = ()
    conversations: tuple[ConversationId, ...] = ()
    date_from_ms: int | None = None
    date_to_ms: int | None = None
    phone: str | None = None
    distinct: bool = False
    search: str | None = None
    terms: tuple[Term, ...] = ()
    page: int = 1
    per_page: int = 100

    @property
    def offset(self) -> int:
        """How many messages stand before the page."""
        return (self.page - 1) * self.per_page
