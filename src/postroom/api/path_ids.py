"""Ids in a path: one, or several joined by commas, and the answer for each.

Source: wire.md 0.6.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from postroom.api.bodies import decode
from postroom.api.call import Call, Reply
from postroom.api.errors import body_of, status_of
from postroom.model.errors import InvalidParameter, NotFound, PostroomError, TooManyEntries
from postroom.wire import batches

MOST = 50
MOST_IN_BODY = 1000
DIGITS = 19
LARGEST = 2**63 - 1
_unique = itertools.count(1)


def id_of(spelled: str) -> int | None:
    """An id as a client spells it; `None` when it is none."""
    if spelled.isascii() and spelled.isdigit() and len(spelled) <= DIGITS:
        number = int(spelled)
        return number if number <= LARGEST else None
    return None


def ids_of(call: Call[Any, Any], parameter: str, *, most: int = MOST) -> list[int]:
    """The ids in the path, in order.

    Raises `NotFound` for a single one that is no number, `InvalidParameter` for one of several,
    `TooManyEntries`.
    """
    spelled = call.path[parameter].split(",")
    if len(spelled) > most:
        raise TooManyEntries(most)
    ids = [id_of(one) for one in spelled]
    if ids == [None]:
        raise NotFound(parameter)
    return _all(ids, parameter)


def ids_in_body(call: Call[Any, Any], parameter: str, *, most: int = MOST_IN_BODY) -> list[int]:
    """The ids in the body, a list of them, where the path has `*`."""
    given: list[str | int] = decode(list[str | int], call.octets)
    if len(given) > most:
        raise TooManyEntries(most)
    if not given:
        raise InvalidParameter(parameter, "it is required")
    return _all([id_of(str(one)) for one in given], parameter)


def _all(ids: Sequence[int | None], parameter: str) -> list[int]:
    if None in ids:
        raise InvalidParameter(parameter)
    return [id for id in ids if id is not None]


def parts(
    call: Call[Any, Any],
    ids: Sequence[int],
    bodies: Sequence[bytes | PostroomError],
    href: Callable[[int], str],
) -> Reply:
    """207 with a part for each id, in the representation that is asked for."""
    answers = [
        batches.PartAnswer(
            id=str(id),
            href=href(id),
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
    sent = call.headers.get("content-type", "").lower()
    return batches.MULTIPART_JSON in accept.lower() or sent.startswith(batches.MULTIPART_JSON)


def answer(
    call: Call[Any, Any],
    ids: Sequence[int],
    bodies: Sequence[bytes | PostroomError],
    href: Callable[[int], str],
) -> Reply:
    """One body as it is, or raised; several as 207."""
    if len(ids) > 1:
        return parts(call, ids, bodies, href)
    [body] = bodies
    if isinstance(body, PostroomError):
        raise body
    return Reply(body=body)
