"""`GET …/message-sync`: a client's copy of a mailbox, made once and then kept up to date."""

from dataclasses import dataclass

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.extensions import Type
from postroom.api.message_list import conversations
from postroom.api.query import Count, Moment
from postroom.mailbox.syncing import Synced
from postroom.model.errors import InvalidParameter
from postroom.model.message import Direction, MessageType
from postroom.model.refusals import FullSyncRequired
from postroom.model.sync import SPAN_MS, Frame, SyncToken, Widening
from postroom.wire import sync_tokens, uris
from postroom.wire.message_info import message_info
from postroom.wire.sync_info import MessageSync, SyncInfo, SyncType, gone_info
from postroom.wire.times import EARLIEST, iso

MAX_CONVERSATIONS = 50
OWN_STORE = ("Any", "Personal")
OWNERS = (*OWN_STORE, "Shared")


class SyncQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What kind of synchronization, and of what.  Source: wire.md 2.9."""

    sync_type: SyncType | None = None
    sync_token: str | None = None
    date_from: Moment | None = None
    date_to: Moment | None = None
    record_count: Count | None = None
    message_type: tuple[MessageType, ...] = ()
    direction: tuple[Direction, ...] = ()
    conversation_id: tuple[str, ...] = ()
    distinct_conversations: bool | None = None
    record_count_per_conversation: Count | None = None
    owner: tuple[str, ...] = ()
    voicemail_owner: tuple[str, ...] = ()
    owner_extension_type: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """The query's filters, each `None` where the query does not say."""

    types: tuple[MessageType, ...] | None
    directions: tuple[Direction, ...] | None
    conversations: tuple[int, ...] | None
    distinct: bool | None
    nobody: bool | None
    date_to_ms: int | None

    def contradicts(self, frame: Frame) -> bool:
        """Whether something was asked for that is not the frame's."""
        pairs = (
            (self.types, frame.types),
            (self.directions, frame.directions),
            (self.conversations, frame.conversations),
            (self.distinct, frame.distinct),
            (self.nobody, frame.nobody),
            (self.date_to_ms, frame.date_to_ms),
        )
        return any(wished is not None and wished != given for wished, given in pairs)


@endpoint(
    "GET",
    f"{X}/message-sync",
    "syncMessages",
    scope="ReadMessages",
    permission="ReadMessages",
    group=Group.LIGHT,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    query=SyncQuery,
    answer=MessageSync,
)
async def sync_messages(call: Call[SyncQuery, None]) -> MessageSync:
    """Synchronize messages."""
    query = call.query
    wish = _wish(call)
    type = query.sync_type or (SyncType.FULL if query.sync_token is None else SyncType.INCREMENTAL)
    if type is SyncType.FULL:
        if query.sync_token is not None:
            raise InvalidParameter("syncToken", "a full synchronization takes none")
        synced = await call.counter.syncing.full(
            call.company, call.owner, _frame(call, wish), query.record_count
        )
    else:
        token = _token(call)
        if wish.contradicts(token.frame):
            raise FullSyncRequired
        wider = Widening(date_from_ms=query.date_from, count=query.record_count)
        synced = await call.counter.syncing.changed(call.company, call.owner, token, wider)
    return _answer(call, type, synced)


def _wish(call: Call[SyncQuery, None]) -> Wish:
    query = call.query
    talks = tuple(sorted(set(conversations(query.conversation_id))))
    if len(talks) > MAX_CONVERSATIONS:
        raise InvalidParameter("conversationId", f"at most {MAX_CONVERSATIONS} are allowed")
    return Wish(
        types=tuple(sorted(set(query.message_type))) or None,
        directions=tuple(sorted(set(query.direction))) or None,
        conversations=talks or None,
        distinct=query.distinct_conversations,
        nobody=_nobody(call),
        date_to_ms=query.date_to,
    )


def _nobody(call: Call[SyncQuery, None]) -> bool | None:
    """Whether only stores of others are wanted; none is shared with anybody here."""
    wanted: list[str] = []
    given = (("owner", call.query.owner), ("voicemailOwner", call.query.voicemail_owner))
    for name, values in given:
        owners = [one.strip() for text in values for one in text.split(",")]
        if not all(one in OWNERS or (one.isascii() and one.isdigit()) for one in owners):
            raise InvalidParameter(name)
        wanted += owners
    if not wanted:
        return None
    return not any(one in OWN_STORE or one == str(call.owner) for one in wanted)


def _frame(call: Call[SyncQuery, None], wish: Wish) -> Frame:
    since = call.query.date_from
    if since is None:
        until = call.counter.clock() if wish.date_to_ms is None else wish.date_to_ms
        since = Moment(max(until - SPAN_MS, EARLIEST))
    return Frame(
        types=wish.types or (),
        directions=wish.directions or (),
        conversations=conversations(tuple(map(str, wish.conversations or ()))),
        distinct=bool(wish.distinct),
        nobody=bool(wish.nobody),
        date_from_ms=since,
        date_to_ms=wish.date_to_ms,
        since_ms=since,
    )


def _token(call: Call[SyncQuery, None]) -> SyncToken:
    text = call.query.sync_token
    if text is None:
        raise InvalidParameter("syncToken", "it is required")
    token = sync_tokens.decode(text, call.counter.sync_key)
    if token is None:
        raise FullSyncRequired
    return token


def _answer(call: Call[SyncQuery, None], type: SyncType, synced: Synced) -> MessageSync:
    """What is gone first: a client that goes on from the last record finds its creation time."""
    base, account_id = call.base, call.company.account_id
    gone = [
        gone_info(base, account_id, call.owner, id, availability)
        for id, availability in synced.gone.items()
    ]
    return MessageSync(
        uri=f"{uris.extension(base, account_id, call.owner)}/message-sync",
        records=[*gone, *(message_info(message, base) for message in synced.messages)],
        sync_info=SyncInfo(
            sync_type=type,
            sync_token=sync_tokens.encode(synced.token, call.counter.sync_key),
            sync_time=iso(synced.token.place.taken_ms),
            older_records_exist=synced.older,
        ),
    )
