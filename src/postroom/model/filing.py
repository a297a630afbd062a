"""What a use case wants to be written, as one value.

A filing is made without looking at the database and is committed together with others; it carries
the versions of the directory snapshot that it was made with, so that the commit can refuse it.
"""

import msgspec

from postroom.model.ids import AccountId, ConversationId, ExtensionId, MessageId
from postroom.model.message import Message


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part in a pager conversation: extensions by name, and departments.

    Participants only grow by filings; somebody leaves by a change of the directory.
    """

    id: ConversationId
    explicit: frozenset[ExtensionId]
    departments: frozenset[ExtensionId]

    @property
    def participants(self) -> frozenset[ExtensionId]:
        """All of them."""
        return self.explicit | self.departments


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """An outbox entry: a message that still has to reach a carrier."""

    extension_id: ExtensionId
    message_id: MessageId
    sender: str
    recipient: str
    text: str


class IdempotencyKey(msgspec.Struct, frozen=True, kw_only=True):
    """The client's promise that this is one request, with the answer that it will get again.

    `digest` covers app, extension, path and key, `body` the request's body.
    """

    digest: bytes
    body: bytes
    answer: bytes = b""


class PartKey(msgspec.Struct, frozen=True, kw_only=True):
    """One stored part of a long inbound SMS."""

    carrier: str
    sender: str
    recipient: str
    reference: int
    total: int
    number: int


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """Message copies and what goes with them, committed as one or not at all.

    `session_version` is absent when no session asked (a carrier brought it).  `parts` are stored
    parts that the filing uses up: when one of them is gone, somebody else has filed the message.
    """

    account_id: AccountId
    version: int
    session_version: int | None = None
    messages: tuple[Message, ...] = ()
    thread: Thread | None = None
    dispatches: tuple[Dispatch, ...] = ()
    key: IdempotencyKey | None = None
    parts: tuple[PartKey, ...] = ()
    due_ms: int = 0
