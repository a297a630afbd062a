"""`GET …/message-store` and its typed forms: pages of a mailbox."""

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import V1, Freshness, Group, Reach, X, endpoint
from postroom.api.extensions import Type
from postroom.api.message_owners import owners, shared_owner
from postroom.api.query import Moment, PageQuery
from postroom.model.address import parse_msisdn
from postroom.model.errors import InvalidParameter
from postroom.model.ids import ConversationId, ExtensionId
from postroom.model.listing import DAY_MS, Listing
from postroom.model.message import Availability, Direction, MessageType, ReadStatus
from postroom.model.words import terms_of
from postroom.wire.message_info import MessageInfo, message_info
from postroom.wire.paging import Arguments, NavigationInfo, PagingInfo, page_of
from postroom.wire.times import EARLIEST, iso


class ListQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of a list.  Source: wire.md 2.5."""

    availability: tuple[Availability, ...] = (Availability.ALIVE,)
    conversation_id: tuple[str, ...] = ()
    date_from: Moment | None = None
    date_to: Moment | None = None
    direction: tuple[Direction, ...] = ()
    distinct_conversations: bool = False
    message_type: tuple[MessageType, ...] = ()
    read_status: tuple[ReadStatus, ...] = ()
    phone_number: str | None = None
    search: str | None = None
    owner: tuple[str, ...] = ()
    owner_extension_type: tuple[Type, ...] = ()
    voicemail_owner: tuple[str, ...] = ()


class MessageList(msgspec.Struct, kw_only=True):
    """A page of messages."""

    uri: str
    records: list[MessageInfo]
    paging: PagingInfo
    navigation: NavigationInfo


async def show(call: Call[ListQuery, None], only: MessageType | None = None) -> MessageList:
    """One page, newest first; `only` binds it to a type."""
    wanted = listing(call, only)
    page = await call.counter.lists.merged(call.company, _owners(call), wanted)
    records = [
        message_info(message, call.base, shared_owner(call, message)) for message in page.messages
    ]
    uri, place, navigation = page_of(
        f"{call.base}{_path(call)}",
        {**_arguments(wanted), **_owner_arguments(call.query)},
        page=wanted.page,
        per_page=wanted.per_page,
        shown=len(records),
        total=page.total,
    )
    return MessageList(uri=uri, records=records, paging=place, navigation=navigation)


def _owners(call: Call[ListQuery, None]) -> tuple[ExtensionId, ...]:
    """The mailboxes of the list; `voicemailOwner` is the older name of `owner`."""
    query = call.query
    name = "owner" if query.owner or not query.voicemail_owner else "voicemailOwner"
    return owners(call, query.owner or query.voicemail_owner, query.owner_extension_type, name)


def _path(call: Call[ListQuery, None]) -> str:
    name = call.endpoint.path.rpartition("/")[2]
    return f"{V1}/account/{call.company.account_id}/extension/{call.owner}/{name}"


def listing(call: Call[ListQuery, None], only: MessageType | None) -> Listing:
    """The query as filters, with the defaults made explicit."""
    query = call.query
    until = query.date_to
    since = query.date_from
    terms = () if query.search is None else terms_of(query.search)
    if since is None and not terms:
        since = Moment(max((call.counter.clock() if until is None else until) - DAY_MS, EARLIEST))
    return Listing(
        availabilities=tuple(dict.fromkeys(query.availability)),
        types=(only,) if only is not None else tuple(dict.fromkeys(query.message_type)),
        directions=tuple(dict.fromkeys(query.direction)),
        read_states=tuple(dict.fromkeys(query.read_status)),
        conversations=conversations(query.conversation_id),
        date_from_ms=since,
        date_to_ms=until,
        phone=None if query.phone_number is None else _phone(call, query.phone_number),
        distinct=query.distinct_conversations,
        search=query.search,
        terms=terms,
        page=query.page,
        per_page=query.per_page,
    )


def conversations(given: tuple[str, ...]) -> tuple[ConversationId, ...]:
    """Conversation ids, repeated or joined by commas.  Raises `InvalidParameter`."""
    ids = [one.strip() for text in given for one in text.split(",")]
    if not all(id.isascii() and id.isdigit() and len(id) <= 19 for id in ids):
        raise InvalidParameter("conversationId")
    numbers = [int(id) for id in ids]
    if any(number >= 2**63 for number in numbers):
        raise InvalidParameter("conversationId")
    return tuple(ConversationId(number) for number in numbers)


def _phone(call: Call[ListQuery, None], given: str) -> str:
    msisdn = parse_msisdn(given, call.company.settings.home_country)
    if msisdn is None:
        raise InvalidParameter("phoneNumber")
    return msisdn


def _arguments(wanted: Listing) -> Arguments:
    """The parameters in effect, for the addresses of the pages."""
    arguments: dict[str, str | int | list[str | int]] = {
        "availability": list(wanted.availabilities),
    }
    optional: dict[str, list[str | int]] = {
        "messageType": list(wanted.types),
        "direction": list(wanted.directions),
        "readStatus": list(wanted.read_states),
        "conversationId": list(wanted.conversations),
        "phoneNumber": [wanted.phone] if wanted.phone else [],
        "distinctConversations": ["true"] if wanted.distinct else [],
        "search": [wanted.search] if wanted.search else [],
        "dateFrom": [] if wanted.date_from_ms is None else [iso(wanted.date_from_ms)],
        "dateTo": [] if wanted.date_to_ms is None else [iso(wanted.date_to_ms)],
    }
    arguments.update({name: values for name, values in optional.items() if values})
    return arguments


def _owner_arguments(query: ListQuery) -> Arguments:
    given: dict[str, tuple[str, ...]] = {
        "owner": query.owner,
        "ownerExtensionType": query.owner_extension_type,
        "voicemailOwner": query.voicemail_owner,
    }
    return {name: list(values) for name, values in given.items() if values}


def _declare(name: str, operation: str, only: MessageType | None, summary: str) -> None:
    async def list_messages(call: Call[ListQuery, None]) -> MessageList:
        return await show(call, only)

    list_messages.__doc__ = summary
    endpoint(
        "GET",
        f"{X}/{name}",
        operation,
        scope="ReadMessages",
        permission="ReadMessages",
        group=Group.LIGHT,
        reach=Reach.MAILBOX,
        freshness=Freshness.WITHIN,
        query=ListQuery,
        answer=MessageList,
    )(list_messages)


_declare("message-store", "listMessages", None, "List the messages of a mailbox.")
_declare("sms", "listSMSMessages", MessageType.SMS, "List the SMS of a mailbox.")
_declare("fax", "listFaxMessages", MessageType.FAX, "List the faxes of a mailbox.")
_declare("company-pager", "listPagerMessages", MessageType.PAGER, "List the pages of a mailbox.")
