"""What a client has asked to be kept up to date with, and how far it has come.

Source: wire.md 2.9.
"""

import msgspec

from postroom.model.ids import AccountId, ConversationId, ExtensionId
from postroom.model.listing import DAY_MS
from postroom.model.message import Direction, Message, MessageType

SPAN_MS = 7 * DAY_MS
"""How far a frame reaches back when the client does not say."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Filters and a range of creation times; an empty tuple takes any.

    `since_ms` is how far back the client was told everything: later than `date_from_ms` when the
    number of records was limited.  Changes it is told of the whole frame, for it may have fetched
    what is older in another way.  `nobody` is the frame of shared stores of others,
    which nobody has here.
    """

    types: tuple[MessageType, ...] = ()
    directions: tuple[Direction, ...] = ()
    conversations: tuple[ConversationId, ...] = ()
    distinct: bool = False
    nobody: bool = False
    date_from_ms: int
    date_to_ms: int | None = None
    since_ms: int

    def holds(self, message: Message) -> bool:
        """Whether the client is told of changes of the message; never for `nobody`."""
        return (
            not self.nobody
            and self.date_from_ms <= message.created_ms
            and (self.date_to_ms is None or message.created_ms <= self.date_to_ms)
            and (not self.types or message.type in self.types)
            and (not self.directions or message.direction in self.directions)
            and (not self.conversations or message.conversation_id in self.conversations)
        )


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How far a client has come: everything up to the change `number`, at `taken_ms`.

    In the middle of conversations that were opened or closed by changes up to `until`, the
    messages with ids up to `inside` have been told.
    """

    number: int
    taken_ms: int
    until: int = 0
    inside: int = 0


class SyncToken(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a sync token says; it belongs to one mailbox."""

    account_id: AccountId
    extension_id: ExtensionId
    frame: Frame
    place: Place


class SyncBundle(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The tokens of several mailboxes that `reader` has in one copy, in the order of their owners.

    `owners` and `types` are how they were named: who is shared with whom may change.
    """

    reader: ExtensionId
    owners: tuple[str, ...]
    types: tuple[str, ...]
    tokens: tuple[SyncToken, ...]


class Widening(msgspec.Struct, frozen=True, kw_only=True):
    """A client's wish for more of the past: from an earlier date, or more records."""

    date_from_ms: int | None = None
    count: int | None = None
