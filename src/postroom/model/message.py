"""A message in a mailbox: one copy, whatever its type."""

from enum import StrEnum

import msgspec

from postroom.model.ids import AccountId, ConversationId, ExtensionId, MessageId


class MessageType(StrEnum):
    """The channels, spelled as on the wire."""

    SMS = "SMS"
    PAGER = "Pager"
    FAX = "Fax"
    VOICEMAIL = "VoiceMail"


class Direction(StrEnum):
    """Whether the owner of the mailbox got the message or sent it."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class Availability(StrEnum):
    """Where a message is in its life; see `model.lifecycle`."""

    ALIVE = "Alive"
    DELETED = "Deleted"
    PURGED = "Purged"


class ReadStatus(StrEnum):
    """Whether the user has seen it."""

    READ = "Read"
    UNREAD = "Unread"


class MessageStatus(StrEnum):
    """What became of it; see `model.delivery`.

    Source: guide 003, Message Attributes.
    """

    RECEIVED = "Received"
    QUEUED = "Queued"
    SENT = "Sent"
    SENDING_FAILED = "SendingFailed"
    DELIVERED = "Delivered"
    DELIVERY_FAILED = "DeliveryFailed"


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One end of a message, as it was when the message was filed.

    Stored and shown in this spelling, so that a page of messages need not be taken apart.
    """

    phone_number: str | None = None
    extension_number: str | None = None
    extension_id: str | None = None
    name: str | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message's claim on one stored object; text lives in the message and has none.

    `number` is the attachment's id inside its message; `size` is in bytes.
    """

    number: int
    kind: str
    content_type: str
    key: str
    size: int
    file_name: str | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox's copy of a message.

    `sender` and `recipients` are the JSON of a `Party` and of a list of them.  `own` and `peer`
    are the two MSISDNs of an SMS.  Times are Unix milliseconds; `created_ms` is a whole second.
    """

    account_id: AccountId
    extension_id: ExtensionId
    id: MessageId
    type: MessageType
    direction: Direction
    status: MessageStatus
    created_ms: int
    modified_ms: int
    sender: str
    recipients: str
    subject: str = ""
    read_status: ReadStatus = ReadStatus.UNREAD
    availability: Availability = Availability.ALIVE
    conversation_id: ConversationId | None = None
    own: str | None = None
    peer: str | None = None
    to_department: bool = False
    segments: int | None = None
    attempts: int = 0
    delivered_ms: int | None = None
    delivery_error: str | None = None
    attachments: tuple[Attachment, ...] = ()
    change_number: int = 0
