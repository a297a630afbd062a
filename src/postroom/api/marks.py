"""The bodies of PUT and PATCH: one object for all ids, or one per id in two representations.

Source: wire.md 0.6, 2.6.
"""

from typing import Any, Generic, TypeVar

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

IN_BODY = "*"
W = TypeVar("W")


class ReadRequest(msgspec.Struct, frozen=True, rename="camel"):
    """What PUT takes; a client may send the whole record back: other members are ignored."""

    read_status: ReadStatus | None = None


class MarkRequest(ReadRequest, frozen=True, rename="camel"):
    """What PATCH takes: what shall become of a message; other members are ignored."""

    availability: Availability | None = None


class MarkPart(msgspec.Struct, Generic[W], frozen=True, rename="camel"):
    """One of several bodies."""

    body: W
    resource_id: str | int | None = None


def marks_of(
    call: Call[Any, Any], *, may_restore: bool
) -> tuple[list[MessageId], list[MarkRequest]]:
    """The ids, and what is wished for each.

    Raises `InvalidParameter` for a wish that is none, `Contradiction` when numbers of ids and
    bodies differ.
    """
    wanted = MarkRequest if may_restore else ReadRequest
    content_type = call.headers.get("content-type", "").lower()
    in_parts = content_type.startswith("multipart/")
    in_body = call.path["messageId"] == IN_BODY
    if in_parts and in_body:
        raise InvalidParameter("messageId", "ids in a body are for the JSON forms")
    if content_type.startswith(MULTIPART_JSON) or in_body:
        ids, wishes = _listed(call, wanted)
    else:
        ids = ids_of(call)
        wishes = (
            _parts(call, len(ids), wanted) if in_parts else [decode(wanted, call.octets)] * len(ids)
        )
    return ids, [_checked(wish) for wish in wishes]


def _checked(wish: ReadRequest) -> MarkRequest:
    match wish:
        case MarkRequest(read_status=None, availability=None):
            raise InvalidParameter("readStatus", "it or availability is required")
        case MarkRequest(availability=None | Availability.ALIVE):
            return wish
        case MarkRequest():
            raise InvalidParameter("availability", "only Alive can be asked for")
        case ReadRequest(read_status=None):
            raise InvalidParameter("readStatus", "it is required")
        case _:
            return MarkRequest(read_status=wish.read_status)


def _listed(
    call: Call[Any, Any], wanted: type[ReadRequest]
) -> tuple[list[MessageId], list[ReadRequest]]:
    form: Any = MarkPart[wanted]  # type: ignore[valid-type]
    entries: list[MarkPart[ReadRequest]] = decode(list[form], call.octets or b"[]")
    if len(entries) > MOST_IN_BODY:
        raise TooManyEntries(MOST_IN_BODY)
    if call.path["messageId"] != IN_BODY:
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


def _parts(call: Call[Any, Any], count: int, wanted: type[ReadRequest]) -> list[ReadRequest]:
    request = multipart.parse(call.headers.get("content-type", ""), call.octets)
    bodies = [] if request.envelope is None else [request.envelope]
    bodies += [part.content for part in request.parts]
    if len(bodies) != count:
        raise Contradiction("The body has not as many parts as the path has ids")
    return [decode(wanted, body) for body in bodies]
