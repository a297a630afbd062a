"""`GET …/message-sync`: a client's copy of a mailbox, made once and then kept up to date."""

from dataclasses import dataclass

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.extensions import Type
from postroom.api.message_list import conversations
from postroom.api.message_owners import owners, shared_owner
from postroom.api.query import Count, Moment
from postroom.mailbox import sync_several as several
from postroom.mailbox.sync_several import Several
from postroom.model.errors import AnotherExtension, InvalidParameter
from postroom.model.ids import ExtensionId
from postroom.model.message import Direction, MessageType
from postroom.model.refusals import FullSyncRequired
from postroom.model.sync import SPAN_MS, Frame, SyncBundle, SyncToken, Widening
from postroom.wire import sync_tokens, uris
from postroom.wire.message_info import message_info
from postroom.wire.sync_info import MessageSync, SyncInfo, SyncType, gone_info
from postroom.wire.times import EARLIEST, iso

MAX_CONVERSATIONS = 50


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
    date_to_ms: int | None

    def contradicts(self, frame: Frame) -> bool:
        """Whether something was asked for that is not the frame's."""
        pairs = (
            (self.types, frame.types),
            (self.directions, frame.directions),
            (self.conversations, frame.conversations),
            (self.distinct, frame.distinct),
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
    type = query.sync_type or (SyncType.FULL if query.sync_token is None else SyncType.INCREMENTAL)
    if type is SyncType.INCREMENTAL:
        return await _changed(call, _wish(call), _token(call))
    if query.sync_token is not None:
        raise InvalidParameter("syncToken", "a full synchronization takes none")
    return await _full(call, _wish(call))


async def _full(call: Call[SyncQuery, None], wish: Wish) -> MessageSync:
    query, syncing = call.query, call.counter.syncing
    owners = _owners(call)
    frame = _frame(call, wish, nobody=not owners)
    if owners in ((), (call.owner,)):
        synced = await syncing.full(call.company, call.owner, frame, query.record_count)
        return _answer(call, SyncType.FULL, several.alone(synced), synced.token)
    found = await several.full(syncing, call.company, owners, frame, query.record_count)
    named = query.owner or query.voicemail_owner
    return _answer(call, SyncType.FULL, found, _bundle(call, found, named, _types(call)))


async def _changed(
    call: Call[SyncQuery, None], wish: Wish, token: SyncToken | SyncBundle
) -> MessageSync:
    syncing, query = call.counter.syncing, call.query
    wider = Widening(date_from_ms=query.date_from, count=query.record_count)
    tokens = (token,) if isinstance(token, SyncToken) else token.tokens
    if any(wish.contradicts(one.frame) for one in tokens):
        raise FullSyncRequired
    if isinstance(token, SyncToken):
        of_token = () if token.frame.nobody else (call.owner,)
        if _names_owners(query) and _owners(call) != of_token:
            raise FullSyncRequired
        synced = await syncing.changed(call.company, call.owner, token, wider)
        return _answer(call, SyncType.INCREMENTAL, several.alone(synced), synced.token)
    _check_bundle(call, token)
    found = await several.changed(syncing, call.company, token.tokens, wider)
    bundle = _bundle(call, found, token.owners, token.types)
    return _answer(call, SyncType.INCREMENTAL, found, bundle)


def _names_owners(query: SyncQuery) -> bool:
    return bool(query.owner or query.voicemail_owner or query.owner_extension_type)


def _owners(call: Call[SyncQuery, None]) -> tuple[ExtensionId, ...]:
    """The mailboxes of the copy; `voicemailOwner` is the older name of `owner`."""
    query = call.query
    name = "owner" if query.owner or not query.voicemail_owner else "voicemailOwner"
    return owners(call, query.owner or query.voicemail_owner, _types(call), name)


def _types(call: Call[SyncQuery, None]) -> tuple[str, ...]:
    return tuple(one.value for one in call.query.owner_extension_type)


def _check_bundle(call: Call[SyncQuery, None], bundle: SyncBundle) -> None:
    """Raises `FullSyncRequired` unless it is of this reader, and the same is shared with him."""
    try:
        now = owners(call, bundle.owners, bundle.types, "owner")
        asked = _owners(call) if _names_owners(call.query) else now
    except (AnotherExtension, InvalidParameter) as error:
        raise FullSyncRequired from error
    of_bundle = tuple(one.extension_id for one in bundle.tokens)
    if bundle.reader != call.owner or not now == asked == of_bundle:
        raise FullSyncRequired


def _bundle(
    call: Call[SyncQuery, None], found: Several, named: tuple[str, ...], types: tuple[str, ...]
) -> SyncBundle:
    tokens = tuple(part.token for part in found.parts)
    return SyncBundle(reader=call.owner, owners=named, types=types, tokens=tokens)


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
        date_to_ms=query.date_to,
    )


def _frame(call: Call[SyncQuery, None], wish: Wish, *, nobody: bool) -> Frame:
    since = call.query.date_from
    if since is None:
        until = call.counter.clock() if wish.date_to_ms is None else wish.date_to_ms
        since = Moment(max(until - SPAN_MS, EARLIEST))
    return Frame(
        types=wish.types or (),
        directions=wish.directions or (),
        conversations=conversations(tuple(map(str, wish.conversations or ()))),
        distinct=bool(wish.distinct),
        nobody=nobody,
        date_from_ms=since,
        date_to_ms=wish.date_to_ms,
        since_ms=since,
    )


def _token(call: Call[SyncQuery, None]) -> SyncToken | SyncBundle:
    text = call.query.sync_token
    if text is None:
        raise InvalidParameter("syncToken", "it is required")
    token = sync_tokens.decode(text, call.counter.sync_key)
    if token is None:
        raise FullSyncRequired
    return token


def _answer(
    call: Call[SyncQuery, None], type: SyncType, found: Several, token: SyncToken | SyncBundle
) -> MessageSync:
    """What is gone first: a client that goes on from the last record finds its creation time."""
    base, account_id = call.base, call.company.account_id
    gone = [
        gone_info(base, account_id, part.token.extension_id, id, availability)
        for part in found.parts
        for id, availability in part.gone.items()
    ]
    records = [message_info(one, base, shared_owner(call, one)) for one in found.messages]
    taken_ms = max(part.token.place.taken_ms for part in found.parts)
    return MessageSync(
        uri=f"{uris.extension(base, account_id, call.owner)}/message-sync",
        records=[*gone, *records],
        sync_info=SyncInfo(
            sync_type=type,
            sync_token=sync_tokens.encode(token, call.counter.sync_key),
            sync_time=iso(taken_ms),
            older_records_exist=found.older,
        ),
    )
