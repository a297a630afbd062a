"""What a client asks to be sent, as read from the request and before any rule was asked."""

import msgspec

from postroom.model.ids import ExtensionId, MessageId


class SmsDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS to be sent; numbers as the client spelled them."""

    sender: str
    recipients: tuple[str, ...]
    text: str


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """How a page names an extension: by its number, its id, or both."""

    number: str | None = None
    id: ExtensionId | None = None


class PageDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A pager message to be sent; `reply_on` is any id of the conversation that it answers."""

    text: str
    recipients: tuple[Address, ...] = ()
    sender: Address | None = None
    reply_on: MessageId | None = None
