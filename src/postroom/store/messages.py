"""Reading messages: one by its id, and pages of a mailbox.

Every row comes with the versions of the account, of the same snapshot, so that the reader can tell
whether what it knows of the company is still true.
"""

from typing import NamedTuple

import msgspec
from sqlalchemy import (
    SmallInteger,
    and_,
    case,
    exists,
    literal_column,
    or_,
    select,
)

from postroom.model.ids import MessageId
from postroom.model.message import Attachment, Message
from postroom.store import codes
from postroom.store.commands import Rows
from postroom.store.statements import Row, Statement, among, arg
from postroom.store.tables import account, conversation, message, participant

COLUMNS = (
    message.c.account_id,
    message.c.extension_id,
    message.c.id,
    message.c.type,
    message.c.direction,
    message.c.availability,
    message.c.read_status,
    message.c.status,
    message.c.created_ms,
    message.c.modified_ms,
    message.c.conversation_id,
    message.c.subject,
    message.c.sender,
    message.c.recipients,
    message.c.own,
    message.c.peer,
    message.c.to_department,
    message.c.segments,
    message.c.attempts,
    message.c.delivered_ms,
    message.c.delivery_error,
    message.c.attachments,
    message.c.change_number,
)
VERSIONS = (account.c.directory_version, account.c.session_version)
_ATTACHMENTS = msgspec.json.Decoder(tuple[Attachment, ...])


def to_message(row: Row) -> Message:
    """A message from the columns of `COLUMNS`."""
    return Message(
        account_id=row[0],
        extension_id=row[1],
        id=row[2],
        type=codes.TYPE.members[row[3]],
        direction=codes.DIRECTION.members[row[4]],
        availability=codes.AVAILABILITY.members[row[5]],
        read_status=codes.READ_STATUS.members[row[6]],
        status=codes.STATUS.members[row[7]],
        created_ms=row[8],
        modified_ms=row[9],
        conversation_id=row[10],
        subject=row[11],
        sender=row[12],
        recipients=row[13],
        own=row[14],
        peer=row[15],
        to_department=bool(row[16]),
        segments=row[17],
        attempts=row[18],
        delivered_ms=row[19],
        delivery_error=row[20],
        attachments=() if row[21] is None else _ATTACHMENTS.decode(row[21]),
        change_number=row[22],
    )


# -- by id -------------------------------------------------------------------------------------

_takes_part = exists().where(
    participant.c.account_id == message.c.account_id,
    participant.c.conversation_id == message.c.conversation_id,
    participant.c.present == literal_column("1"),
    among(participant.c.extension_id, "circles"),
)
IS_OPEN = case(
    (
        or_(conversation.c.explicit.is_(None), conversation.c.explicit == literal_column("1")),
        literal_column("1"),
    ),
    (_takes_part, literal_column("1")),
    else_=literal_column("0"),
)

GET = Statement(
    select(*VERSIONS, IS_OPEN.label("is_open"), *COLUMNS)
    .select_from(
        account.outerjoin(
            message,
            and_(
                message.c.account_id == account.c.id,
                message.c.extension_id == arg("extension_id"),
                among(message.c.id, "ids"),
            ),
        ).outerjoin(
            conversation,
            and_(
                conversation.c.account_id == message.c.account_id,
                conversation.c.extension_id == message.c.extension_id,
                conversation.c.id == message.c.conversation_id,
            ),
        )
    )
    .where(account.c.id == arg("account_id"))
)


class Found(NamedTuple):
    """A message, and whether its conversation is open to the owner of the mailbox."""

    message: Message
    is_open: bool


class Versions(NamedTuple):
    """The versions of an account that a read came with."""

    directory: int
    session: int


def found(rows: Rows) -> tuple[Versions | None, dict[MessageId, Found]]:
    """What `GET` brought; without the account there are no versions."""
    if not rows:
        return None, {}
    messages = {row[5]: Found(to_message(row[3:]), bool(row[2])) for row in rows if row[5]}
    return Versions(rows[0][0], rows[0][1]), messages


# -- conversations -------------------------------------------------------------------------------

CONVERSATION_OF = Statement(
    select(message.c.conversation_id).where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        message.c.id == arg("id"),
        message.c.type == arg("type", SmallInteger()),
    )
)
PARTICIPANTS = Statement(
    select(participant.c.extension_id).where(
        participant.c.account_id == arg("account_id"),
        participant.c.conversation_id == arg("conversation_id"),
        participant.c.present == literal_column("1"),
    )
)
