"""`POST …/company-pager`: a page to extensions of the account."""

from collections.abc import Awaitable

import msgspec

from postroom.api.call import Call, Reply
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.promises import once
from postroom.model.drafts import Address, PageDraft
from postroom.model.errors import InvalidParameter
from postroom.model.ids import ExtensionId, MessageId
from postroom.wire.message_info import MessageInfo

LARGEST = 2**63 - 1


class PagerParty(msgspec.Struct, frozen=True, rename="camel"):
    """One end of a page in a request: by number, by id, or both."""

    extension_number: str | int | None = None
    extension_id: str | int | None = None
    phone_number: str | None = None


class PagerRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a request to page."""

    text: str
    from_: PagerParty | None = msgspec.field(name="from", default=None)
    to: list[PagerParty] = []
    reply_on: int | None = None


@endpoint(
    "POST",
    f"{X}/company-pager",
    "createInternalTextMessage",
    scope="InternalMessages",
    permission="InternalSMS",
    group=Group.MEDIUM,
    reach=Reach.SENDER,
    freshness=Freshness.WITHIN,
    body=PagerRequest,
    answer=MessageInfo,
    symbolic=True,
)
def create_page(call: Call[None, PagerRequest]) -> Awaitable[Reply]:
    """Send a pager message."""
    return once(call, call.counter.desk.send_page, _draft(call.body))


def _draft(request: PagerRequest) -> PageDraft:
    if request.reply_on is not None and not 0 < request.reply_on <= LARGEST:
        raise InvalidParameter("replyOn")
    return PageDraft(
        text=request.text,
        recipients=tuple(_address(one, "to") for one in request.to),
        sender=None if request.from_ is None else _sender(request.from_),
        reply_on=None if request.reply_on is None else MessageId(request.reply_on),
    )


def _sender(party: PagerParty) -> Address | None:
    """`from` may be left out, and so may what is in it."""
    if party.extension_number is None and party.extension_id is None:
        if party.phone_number is not None:
            raise InvalidParameter("from.phoneNumber", "pages go between extensions")
        return None
    return _address(party, "from")


def _address(party: PagerParty, name: str) -> Address:
    if party.phone_number is not None:
        raise InvalidParameter(f"{name}.phoneNumber", "pages go between extensions")
    id = party.extension_id
    if isinstance(id, str):
        if not (id.isascii() and id.isdigit() and len(id) < 19):
            raise InvalidParameter(f"{name}.extensionId")
        id = int(id)
    number = party.extension_number
    if id is None and number is None:
        raise InvalidParameter(f"{name}.extensionNumber", "it is required")
    return Address(
        number=None if number is None else str(number),
        id=None if id is None else ExtensionId(id),
    )
