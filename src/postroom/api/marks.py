"""The bodies of PUT and PATCH: one object for all ids, or one per id in two representations.

Source: wire.md 0.6, 2.6.
"""

from typing import Any

import msgspec

from postroom.api.bodies import decode
from postroom.api.call import Call
from postroom.api.message_ids import ids_of
from postroom.api.path_ids import MOST_IN_BODY, id_of
from postroom.model.errors import Contradiction, InvalidParameter, TooManyEntries
from postroom.model.ids import MessageId
from postroom.model.message import Availability, ReadStatus
from postroom.wire import multipart
from postroom.wire.batches import MULTIPART_JSON


class MarkRequest(msgspec.Struct, frozen=True, rename="camel"):
    """What shall become of a message; other members are ignored."""

    read_status: ReadStatus | None = None
    availability: Availability | None = None


class MarkPart(msgspec.Struct, frozen=True, rename="camel"):
    """One of several bodies."""

    body: MarkRequest
    resource_id: str | int | None = None


def marks_of(
    call: Call[Any, Any], *, may_restore: bool
) -> tuple[list[MessageId], list[MarkRequest]]:
    """The ids, and what is wished for each.

    Raises `InvalidParameter` for a wish that is none, `Contradiction` when numbers of ids and
    bodies differ.
    """
    content_type = call.headers.get("content-type", "").lower()
    if content_type.startswith(MULTIPART_JSON):
        ids, wishes = _listed(call)
    else:
        ids = ids_of(call)
        if content_type.startswith("multipart/"):
            wishes = _parts(call, len(ids))
        else:
            wishes = [decode(MarkRequest, call.octets)] * len(ids)
    for wish in wishes:
        _check(wish, may_restore)
    return ids, wishes


def _check(wish: MarkRequest, may_restore: bool) -> None:
    if not may_restore:
        if wish.read_status is None:
            raise InvalidParameter("readStatus", "it is required")
        if wish.availability is not None:
            raise InvalidParameter("availability", "PATCH restores messages")
    if wish.read_status is None and wish.availability is None:
        raise InvalidParameter("readStatus", "it or availability is required")
    if wish.availability not in (None, Availability.ALIVE):
        raise InvalidParameter("availability", "only Alive can be asked for")


def _listed(call: Call[Any, Any]) -> tuple[list[MessageId], list[MarkRequest]]:
    entries: list[MarkPart] = decode(list[MarkPart], call.octets or b"[]")
    if len(entries) > MOST_IN_BODY:
        raise TooManyEntries(MOST_IN_BODY)
    if call.path["messageId"] != "*":
        ids = ids_of(call)
        if len(ids) != len(entries):
            raise Contradiction("The body has not as many entries as the path has ids")
        named = [entry.resource_id for entry in entries]
        if any(name not in (None, id, str(id)) for name, id in zip(named, ids, strict=True)):
            raise Contradiction("The body names other ids than the path")
        return ids, [entry.body for entry in entries]
    ids = []
    for entry in entries:
        id = id_of(str(entry.resource_id))
        if id is None:
            raise InvalidParameter("resourceId")
        ids.append(MessageId(id))
    if not ids:
        raise InvalidParameter("resourceId", "it is required")
    return ids, [entry.body for entry in entries]


def _parts(call: Call[Any, Any], count: int) -> list[MarkRequest]:
    request = multipart.parse(call.headers.get("content-type", ""), call.octets)
    bodies = [] if request.envelope is None else [request.envelope]
    bodies += [part.content for part in request.parts]
    if len(bodies) != count:
        raise Contradiction("The body has not as many parts as the path has ids")
    return [decode(MarkRequest, body) for body in bodies]
