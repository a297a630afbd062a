"""Changes of messages that are there, as values: what shall become of which.

Whether a change is possible is decided under the mailbox's lock, by the tables of `lifecycle` and
`delivery`; a message for which it is not comes back unchanged.
"""

import msgspec

from postroom.model.audit import HOUSE, Actor
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.message import MessageStatus, ReadStatus


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """A change of read status or availability of some messages of one mailbox.

    With `before_ms` it is only about those that have been where they are since then.
    `by` is entered into the audit log; the house itself ages messages and keeps to quotas.
    """

    account_id: AccountId
    extension_id: ExtensionId
    version: int
    ids: tuple[MessageId, ...]
    now_ms: int
    session_version: int | None = None
    read_status: ReadStatus | None = None
    step: Step | None = None
    before_ms: int | None = None
    by: Actor = HOUSE


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an outbound message, or of an attempt to send it.

    `uncertain` marks a guess that a later receipt lifts.  `attempted` counts one more attempt.
    """

    account_id: AccountId
    extension_id: ExtensionId
    message_id: MessageId
    now_ms: int
    status: MessageStatus | None = None
    uncertain: bool = False
    delivery_error: str | None = None
    delivered_ms: int | None = None
    attempted: bool = False


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one message: `found` and `changed`, and the objects that it let go.

    `held` says that a legal hold stands against what was wished.
    """

    id: MessageId
    found: bool
    changed: bool
    status: MessageStatus | None = None
    objects: tuple[str, ...] = ()
    held: bool = False
