"""Ids in a path: one, or several joined by commas, and the answer for each.

Source: wire.md 0.6.
"""

import itertools
from collections.abc import Sequence
from typing import Any

from postroom.api.call import Call, Reply
from postroom.api.errors import body_of, status_of
from postroom.model.errors import InvalidParameter, NotFound, PostroomError, TooManyEntries
from postroom.model.ids import MessageId
from postroom.wire import batches, uris

MOST = 50
_unique = itertools.count(1)


def ids_of(call: Call[Any, Any], *, most: int = MOST) -> list[MessageId]:
    """The ids in the path, in order.

    Raises `NotFound` for a single one that is no number, `InvalidParameter` for one of several,
    `TooManyEntries`.
    """
    spelled = call.path["messageId"].split(",")
    if len(spelled) > most:
        raise TooManyEntries(most)
    ids = [_id(one) for one in spelled]
    if len(ids) == 1 and ids[0] is None:
        raise NotFound("messageId")
    if None in ids:
        raise InvalidParameter("messageId")
    return [id for id in ids if id is not None]


def _id(spelled: str) -> MessageId | None:
    if spelled.isascii() and spelled.isdigit() and len(spelled) < 19:
        return MessageId(int(spelled))
    return None


def parts(
    call: Call[Any, Any], ids: Sequence[MessageId], bodies: Sequence[bytes | PostroomError]
) -> Reply:
    """207 with a part for each id, in the representation that is asked for."""
    account_id = call.company.account_id
    answers = [
        batches.PartAnswer(
            id=str(id),
            href=uris.message(call.base, account_id, call.owner, id),
            status=status_of(body) if isinstance(body, PostroomError) else 200,
            body=body_of(body) if isinstance(body, PostroomError) else body,
        )
        for id, body in zip(ids, bodies, strict=True)
    ]
    if wants_json(call):
        content_type, octets = batches.as_json(answers)
    else:
        content_type, octets = batches.as_multipart(answers, f"{call.owner}_{next(_unique)}")
    return Reply(status=207, body=octets, content_type=content_type)


def wants_json(call: Call[Any, Any]) -> bool:
    """Whether the JSON representation is asked for, or was sent."""
    accept = call.headers.get("accept", "")
    sent = call.headers.get("content-type", "")
    return batches.MULTIPART_JSON in accept or sent.startswith(batches.MULTIPART_JSON)
