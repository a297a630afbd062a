"""A message as a line of an export: everything that is kept of it, and nothing of this server.

    {"sha256":"<of the octets of the message as they stand here>","message":{…}}

The line does not tell when it was made nor how often the mailbox has changed: the same message
gives the same line on every server.  `from` and `to` are the parties as they were filed.
"""

from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta

from postroom.model.ids import MAX_ID, AccountId, ConversationId, ExtensionId, MessageId
from postroom.model.message import (
    Attachment,
    Availability,
    Direction,
    Message,
    MessageStatus,
    MessageType,
    Party,
    ReadStatus,
)
from postroom.wire.times import iso, parse

Id = Annotated[int, Meta(ge=1, le=MAX_ID)]
"""Of a message: what clients can keep as a double."""

Large = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Small = Annotated[int, Meta(ge=0, le=2**15 - 1)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Damaged(Exception):
    """It cannot be read, or is not what its hash says; the sentence says what is wrong."""


class AttachmentRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One attachment; without `sha256` its content was missing when the export was made."""

    number: Small
    kind: str
    content_type: str
    size: Large
    file_name: str | None = None
    sha256: Hash | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One message; times are ISO 8601 in UTC."""

    id: Id
    type: MessageType
    direction: Direction
    availability: Availability
    availability_time: str
    read_status: ReadStatus
    message_status: MessageStatus
    is_uncertain: bool
    creation_time: str
    last_modified_time: str
    conversation_id: Large | None
    subject: str
    from_: msgspec.Raw = msgspec.field(name="from")
    to: msgspec.Raw
    own: str | None
    peer: str | None
    to_department: bool
    segments: Small | None
    attempts: Small
    delivery_time: str | None
    delivery_error: str | None
    attachments: tuple[AttachmentRecord, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    sha256: str
    message: msgspec.Raw


_LINE, _RECORD = msgspec.json.Decoder(Line), msgspec.json.Decoder(Record, strict=True)
_PARTY, _PARTIES = msgspec.json.Decoder(Party), msgspec.json.Decoder(list[Party])


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what only the store knows of it: since when it is where it is in its life."""

    message: Message
    changed_ms: int
    uncertain: bool


def record_of(kept: Kept, hashes: dict[int, str | None]) -> Record:
    """The record of a message; `hashes` are those of its attachments, by number."""
    message = kept.message
    _PARTY.decode(message.sender)
    _PARTIES.decode(message.recipients)
    return Record(
        id=message.id,
        type=message.type,
        direction=message.direction,
        availability=message.availability,
        availability_time=iso(kept.changed_ms),
        read_status=message.read_status,
        message_status=message.status,
        is_uncertain=kept.uncertain,
        creation_time=iso(message.created_ms),
        last_modified_time=iso(message.modified_ms),
        conversation_id=message.conversation_id,
        subject=message.subject,
        from_=msgspec.Raw(message.sender.encode()),
        to=msgspec.Raw(message.recipients.encode()),
        own=message.own,
        peer=message.peer,
        to_department=message.to_department,
        segments=message.segments,
        attempts=message.attempts,
        delivery_time=None if message.delivered_ms is None else iso(message.delivered_ms),
        delivery_error=message.delivery_error,
        attachments=tuple(_attachment(one, hashes) for one in message.attachments),
    )


def _attachment(attachment: Attachment, hashes: dict[int, str | None]) -> AttachmentRecord:
    return AttachmentRecord(
        number=attachment.number,
        kind=attachment.kind,
        content_type=attachment.content_type,
        size=attachment.size,
        file_name=attachment.file_name,
        sha256=hashes.get(attachment.number),
    )


def line_of(record: Record) -> bytes:
    """A record as a line, with its end; `msgspec` raises where it cannot be spelled."""
    spelled = msgspec.json.encode(record)
    return b'{"sha256":"%b","message":%b}\n' % (sha256(spelled).hexdigest().encode(), spelled)


def read_line(line: bytes) -> Record:
    """The record of a line.  Raises `Damaged`."""
    try:
        read = _LINE.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Damaged(f"it is no record: {error}") from error
    spelled = bytes(read.message)
    if sha256(spelled).hexdigest() != read.sha256:
        raise Damaged("its hash is another one")
    try:
        record = _RECORD.decode(spelled)
        _PARTY.decode(record.from_)
        _PARTIES.decode(record.to)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Damaged(f"it is no message: {error}") from error
    return record


def kept_of(
    record: Record, account_id: AccountId, extension_id: ExtensionId, keys: dict[int, str]
) -> Kept:
    """The message of a record; `keys` are those of its objects.  Raises `Damaged`."""
    texts = (record.subject, record.own, record.peer, record.delivery_error)
    if any("\0" in text for text in texts if text is not None):
        raise Damaged("it has a NUL character")
    delivered, conversation = record.delivery_time, record.conversation_id
    message = Message(
        account_id=account_id,
        extension_id=extension_id,
        id=MessageId(record.id),
        type=record.type,
        direction=record.direction,
        status=record.message_status,
        created_ms=_moment(record.creation_time),
        modified_ms=_moment(record.last_modified_time),
        sender=bytes(record.from_).decode(),
        recipients=bytes(record.to).decode(),
        subject=record.subject,
        read_status=record.read_status,
        availability=record.availability,
        conversation_id=None if conversation is None else ConversationId(conversation),
        own=record.own,
        peer=record.peer,
        to_department=record.to_department,
        segments=record.segments,
        attempts=record.attempts,
        delivered_ms=None if delivered is None else _moment(delivered),
        delivery_error=record.delivery_error,
        attachments=tuple(_claim(one, keys) for one in record.attachments),
    )
    return Kept(
        message=message,
        changed_ms=_moment(record.availability_time),
        uncertain=record.is_uncertain,
    )


def _claim(record: AttachmentRecord, keys: dict[int, str]) -> Attachment:
    return Attachment(
        number=record.number,
        kind=record.kind,
        content_type=record.content_type,
        key=keys[record.number],
        size=record.size,
        file_name=record.file_name,
    )


def _moment(spelled: str) -> int:
    moment = parse(spelled)
    if moment is None:
        raise Damaged(f"{spelled!r} is no time")
    return moment
