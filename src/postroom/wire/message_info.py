"""A message as JSON; the `sms`, `pg`, `fax` and `vm` prefixes are written here only.

Source: wire.md 2.1; guide 003, Message Attributes.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from postroom.model.extension import ExtensionType
from postroom.model.message import (
    Attachment,
    Availability,
    Direction,
    Message,
    MessageStatus,
    MessageType,
    ReadStatus,
)
from postroom.wire import uris
from postroom.wire.times import iso

SMS, PAGER = MessageType.SMS, MessageType.PAGER
TEXTUAL = (SMS, PAGER)
OUTBOUND, PURGED = Direction.OUTBOUND, Availability.PURGED
FIRST_ATTACHMENT = 1


_PARTY = {"$ref": "#/components/schemas/Party"}
Sender = Annotated[msgspec.Raw, Meta(extra_json_schema=_PARTY)]
Recipients = Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "array", "items": _PARTY})]
"""Kept as JSON, and so not taken apart for every record."""


class AttachmentInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """One attachment; the text of an SMS or a page is attachment 1."""

    id: int
    uri: str
    type: str
    content_type: str
    size: int | None = None
    file_name: str | None = None


class ConversationInfo(msgspec.Struct, kw_only=True, frozen=True):
    """The conversation of a message; its id as text, because it may be large."""

    id: str
    uri: str


class OwnerInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Whose mailbox a shared message lies in."""

    extension_id: str
    extension_type: ExtensionType
    name: str


class MessageInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """A record of the message store."""

    uri: str
    id: int
    extension_id: str
    to: Recipients
    from_: Sender = msgspec.field(name="from")
    type: MessageType
    creation_time: str
    read_status: ReadStatus
    priority: str = msgspec.field(default_factory=lambda: "Normal")
    attachments: list[AttachmentInfo]
    direction: Direction
    availability: Availability
    subject: str | None = None
    message_status: MessageStatus
    conversation_id: int | None = None
    conversation: ConversationInfo | None = None
    last_modified_time: str
    sms_delivery_time: str | None = None
    sms_sending_attempts_count: int | None = None
    delivery_error_code: str | None = None
    segment_count: int | None = None
    pg_to_department: bool | None = None
    owner: OwnerInfo | None = None


def message_info(message: Message, base: str, owner: OwnerInfo | None = None) -> MessageInfo:
    """The record of one message; `owner` tells that it is shared."""
    uri = uris.message(base, message.account_id, message.extension_id, message.id)
    type, conversation_id = message.type, message.conversation_id
    outbound_sms = type is SMS and message.direction is OUTBOUND
    return MessageInfo(
        uri=uri,
        id=message.id,
        extension_id=str(message.extension_id),
        to=msgspec.Raw(message.recipients.encode()),
        from_=msgspec.Raw(message.sender.encode()),
        type=type,
        creation_time=iso(message.created_ms),
        read_status=message.read_status,
        priority="Normal",
        attachments=_attachments(message, uri),
        direction=message.direction,
        availability=message.availability,
        subject=message.subject or None,
        message_status=message.status,
        conversation_id=conversation_id,
        conversation=None
        if conversation_id is None
        else ConversationInfo(
            id=str(conversation_id), uri=uris.conversation(base, conversation_id)
        ),
        last_modified_time=iso(message.modified_ms),
        sms_delivery_time=None if message.delivered_ms is None else iso(message.delivered_ms),
        sms_sending_attempts_count=(message.attempts or None) if outbound_sms else None,
        delivery_error_code=message.delivery_error,
        segment_count=message.segments,
        pg_to_department=message.to_department if type is PAGER else None,
        owner=owner,
    )


def _attachments(message: Message, uri: str) -> list[AttachmentInfo]:
    attachments: list[AttachmentInfo] = []
    if message.type in TEXTUAL and message.availability is not PURGED:
        attachments.append(
            AttachmentInfo(
                id=FIRST_ATTACHMENT,
                uri=f"{uri}/content/{FIRST_ATTACHMENT}",
                type="Text",
                content_type="text/plain",
            )
        )
    for attachment in message.attachments:
        attachments.append(_stored(attachment, uri))
    return attachments


def _stored(attachment: Attachment, uri: str) -> AttachmentInfo:
    return AttachmentInfo(
        id=attachment.number,
        uri=f"{uri}/content/{attachment.number}",
        type=attachment.kind,
        content_type=attachment.content_type,
        size=attachment.size,
        file_name=attachment.file_name,
    )
