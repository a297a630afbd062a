"""`…/message-store/{messageId}`: reading, marking, deleting and restoring messages by their ids."""

from collections.abc import Sequence
from typing import Any

import msgspec

from postroom.api.call import NO_CONTENT, Call, Reply, encode
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.marks import MarkRequest, ReadRequest, marks_of
from postroom.api.message_ids import ids_of, parts
from postroom.api.message_types import types_of
from postroom.mailbox import changing, erasing, reading
from postroom.model.errors import PostroomError
from postroom.model.ids import MessageId
from postroom.model.lifecycle import Step
from postroom.model.message import Availability, Message, MessageType
from postroom.wire.batches import MULTIPART_JSON
from postroom.wire.message_info import MessageInfo, message_info

MARK_MEDIA = ("application/json", "multipart/mixed", MULTIPART_JSON)


class GetQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which availabilities may be shown."""

    availability: tuple[Availability, ...] = (Availability.ALIVE,)


class DeleteQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How to delete: `purge` leaves no way back; `type` spares messages of other types."""

    purge: bool = False
    type: str = "All"


async def show(call: Call[GetQuery, None], only: MessageType | None = None) -> Reply:
    """One message as it is, several as 207."""
    ids = ids_of(call)
    looked = await reading.several(
        call.counter.store,
        call.company,
        call.owner,
        ids,
        availabilities=frozenset(call.query.availability),
        types=() if only is None else (only,),
    )
    return _answer(call, ids, looked)


def _answer(
    call: Call[Any, Any],
    ids: Sequence[MessageId],
    looked: Sequence[Message | PostroomError],
) -> Reply:
    bodies = [
        one if isinstance(one, PostroomError) else encode(message_info(one, call.base))
        for one in looked
    ]
    if len(ids) > 1:
        return parts(call, ids, bodies)
    [body] = bodies
    if isinstance(body, PostroomError):
        raise body
    return Reply(body=body)


def _declare(name: str, operation: str, only: MessageType | None, summary: str) -> None:
    async def get_message(call: Call[GetQuery, None]) -> Reply:
        return await show(call, only)

    get_message.__doc__ = summary
    endpoint(
        "GET",
        f"{X}/{name}/{{messageId}}",
        operation,
        scope="ReadMessages",
        permission="ReadMessages",
        group=Group.LIGHT,
        reach=Reach.MAILBOX,
        freshness=Freshness.WITHIN,
        query=GetQuery,
        answer=MessageInfo,
        several="messageId",
    )(get_message)


_declare("message-store", "readMessage", None, "Get one message, or several.")
_declare("sms", "readSMSMessage", MessageType.SMS, "Get an SMS.")
_declare("fax", "readFaxMessage", MessageType.FAX, "Get a fax.")
_declare("company-pager", "readPagerMessage", MessageType.PAGER, "Get a page.")


@endpoint(
    "PUT",
    f"{X}/message-store/{{messageId}}",
    "updateMessage",
    scope="EditMessages",
    permission="EditMessages",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    body=ReadRequest,
    answer=MessageInfo,
    media=MARK_MEDIA,
    raw=True,
    several="messageId",
)
async def update_message(call: Call[None, ReadRequest]) -> Reply:
    """Mark messages read or unread."""
    return await _mark(call, may_restore=False)


@endpoint(
    "PATCH",
    f"{X}/message-store/{{messageId}}",
    "patchMessage",
    scope="EditMessages",
    permission="EditMessages",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    body=MarkRequest,
    answer=MessageInfo,
    media=MARK_MEDIA,
    raw=True,
    several="messageId",
)
async def patch_message(call: Call[None, MarkRequest]) -> Reply:
    """Mark messages, or restore deleted ones."""
    return await _mark(call, may_restore=True)


async def _mark(call: Call[None, Any], *, may_restore: bool) -> Reply:
    ids, wishes = marks_of(call, may_restore=may_restore)
    refusals: dict[MessageId, PostroomError | None] = {}
    for wish in dict.fromkeys(wishes):
        chosen = [id for id, mine in zip(ids, wishes, strict=True) if mine == wish]
        results, _ = await changing.mark(
            call.counter.store,
            call.company,
            call.owner,
            chosen,
            call.counter.clock(),
            read_status=wish.read_status,
            step=Step.RESTORE if wish.availability is not None else None,
            by=call.actor,
        )
        refusals.update(zip(chosen, results, strict=True))
    looked = await reading.several(
        call.counter.store, call.company, call.owner, ids, availabilities=changing.ANY
    )
    shown = [refusals[id] or message for id, message in zip(ids, looked, strict=True)]
    return _answer(call, ids, shown)


@endpoint(
    "DELETE",
    f"{X}/message-store/{{messageId}}",
    "deleteMessage",
    scope="EditMessages",
    permission="EditMessages",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    freshness=Freshness.WITHIN,
    query=DeleteQuery,
    status=204,
    several="messageId",
)
async def delete_message(call: Call[DeleteQuery, None]) -> Reply:
    """Delete messages: they can be restored, unless they are purged."""
    ids = ids_of(call)
    results, marked = await changing.mark(
        call.counter.store,
        call.company,
        call.owner,
        ids,
        call.counter.clock(),
        step=Step.ERASE if call.query.purge else Step.DELETE,
        types=types_of(call.query.type),
        by=call.actor,
    )
    await erasing.let_go(call.counter.store, call.counter.blobs, call.company.account_id, marked)
    if not any(results):
        return NO_CONTENT
    if len(ids) == 1 and results[0] is not None:
        raise results[0]
    return parts(call, ids, [refusal or b"{}" for refusal in results])
