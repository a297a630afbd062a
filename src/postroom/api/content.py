"""`GET …/content/{attachmentId}`: what a message holds, whole or in part.

Content never changes, so its tag is made of its ids.  Source: wire.md 2.8.
"""

from enum import StrEnum

import msgspec

from postroom.api.call import Call, Reply
from postroom.api.dispositions import disposition
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.path_ids import id_of
from postroom.api.serving import Content, serve
from postroom.mailbox import reading
from postroom.model.errors import NotFound
from postroom.model.ids import MessageId
from postroom.model.message import Attachment, Availability, Message
from postroom.wire.message_info import FIRST_ATTACHMENT, TEXTUAL

TEXT_TYPE = "text/plain;charset=utf-8"


class Disposition(StrEnum):
    """Whether a browser shows the content or keeps it."""

    INLINE = "Inline"
    ATTACHMENT = "Attachment"


class ContentQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How the content is served, and of which messages."""

    content_disposition: Disposition | None = None
    content_disposition_filename: str | None = None
    availability: tuple[Availability, ...] = (Availability.ALIVE,)


@endpoint(
    "GET",
    f"{X}/message-store/{{messageId}}/content/{{attachmentId}}",
    "readMessageContent",
    scope="ReadMessages",
    permission="ReadMessageContent",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    query=ContentQuery,
    produces=("*/*",),
)
async def read_content(call: Call[ContentQuery, None]) -> Reply:
    """Get the content of an attachment, or a range of it."""
    id = id_of(call.path["messageId"])
    if id is None:
        raise NotFound("messageId")
    message = await reading.one(
        call.counter.store,
        call.company,
        call.owner,
        MessageId(id),
        availabilities=frozenset(call.query.availability),
    )
    number = _number(call.path["attachmentId"], message)
    content = content_of(message, number)
    if content is None:
        raise NotFound("attachmentId")
    shown = _disposition(call.query, content)
    return await serve(call, content, f'"{message.id}-{number}"', shown, "attachmentId")


def _number(spelled: str, message: Message) -> int:
    """The number of an attachment; the id of the message means its first one."""
    number = id_of(spelled)
    if number is None:
        raise NotFound("attachmentId")
    if number != message.id:
        return number
    if message.type in TEXTUAL or not message.attachments:
        return FIRST_ATTACHMENT
    return message.attachments[0].number


def content_of(message: Message, number: int) -> Content | None:
    """The content of an attachment; the text of an SMS or a page is its first one."""
    if message.availability is Availability.PURGED:
        return None
    if message.type in TEXTUAL and number == FIRST_ATTACHMENT:
        octets = message.subject.encode()
        return Content(
            content_type=TEXT_TYPE, size=len(octets), file_name=f"{message.id}.txt", octets=octets
        )
    for attachment in message.attachments:
        if attachment.number == number:
            return _stored(message, attachment)
    return None


def _stored(message: Message, attachment: Attachment) -> Content:
    return Content(
        content_type=attachment.content_type,
        size=attachment.size,
        file_name=attachment.file_name or f"{message.id}-{attachment.number}",
        key=attachment.key,
    )


def _disposition(query: ContentQuery, content: Content) -> str:
    """Text is shown and anything else is kept, unless it is asked for otherwise."""
    usual = Disposition.INLINE if content.key is None else Disposition.ATTACHMENT
    kind = query.content_disposition or usual
    return disposition(kind.lower(), query.content_disposition_filename or content.file_name)
