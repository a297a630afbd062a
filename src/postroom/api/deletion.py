"""`DELETE …/message-store`: deleting conversations, or everything that matches.

Source: wire.md 2.7.
"""

import msgspec

from postroom.api.call import NO_CONTENT, Call, Reply
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.message_list import conversations
from postroom.api.message_owners import owners
from postroom.api.message_types import types_of
from postroom.api.path_ids import ids_in_body
from postroom.api.query import Moment
from postroom.mailbox import changing, erasing
from postroom.model.errors import TooManyEntries
from postroom.model.ids import ConversationId
from postroom.model.lifecycle import Step
from postroom.model.listing import Listing
from postroom.model.message import Availability

MOST = 50
MOST_IN_BODY = 100
IN_BODY = ("*",)


class DeleteAllQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What shall be deleted; without a filter it is everything."""

    conversation_id: tuple[str, ...] = ()
    date_to: Moment | None = None
    type: str = "All"
    purge: bool = False
    owner: tuple[str, ...] = ()


@endpoint(
    "DELETE",
    f"{X}/message-store",
    "deleteMessageByFilter",
    scope="EditMessages",
    permission="EditMessages",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    query=DeleteAllQuery,
    status=204,
)
async def delete_messages(call: Call[DeleteAllQuery, None]) -> Reply:
    """Delete conversations, or all messages that match: without a filter every message."""
    query, counter = call.query, call.counter
    now = counter.clock()
    until = now if query.date_to is None else query.date_to
    wanted = Listing(
        availabilities=(Availability.ALIVE, Availability.DELETED)
        if query.purge
        else (Availability.ALIVE,),
        types=types_of(query.type),
        conversations=_conversations(call),
        date_to_ms=until,
    )
    step = Step.ERASE if query.purge else Step.DELETE
    for owner in owners(call, query.owner, (), "owner"):
        closed = await counter.lists.closed(call.company, owner)
        done = await changing.delete_all(
            counter.store, call.company, owner, wanted, closed, now, step=step, by=call.actor
        )
        await erasing.let_go(counter.store, counter.blobs, call.company.account_id, done)
    return NO_CONTENT


def _conversations(call: Call[DeleteAllQuery, None]) -> tuple[ConversationId, ...]:
    """The conversations named in the query or, where it says `*`, in the body."""
    named = call.query.conversation_id
    if named == IN_BODY:
        ids = ids_in_body(call, "conversationId", most=MOST_IN_BODY)
        return tuple(ConversationId(id) for id in ids)
    ids_named = conversations(named)
    if len(ids_named) > MOST:
        raise TooManyEntries(MOST)
    return ids_named
