"""Ids of messages in a path, and the answer for each.

Source: wire.md 0.6, 2.6.
"""

from collections.abc import Sequence
from typing import Any

from postroom.api import path_ids
from postroom.api.call import Call, Reply
from postroom.model.errors import PostroomError
from postroom.model.ids import MessageId
from postroom.wire import uris

PARAMETER = "messageId"


def ids_of(call: Call[Any, Any]) -> list[MessageId]:
    """The ids in the path; where `*` stands there, those in the body of a deletion."""
    if call.path[PARAMETER] == "*" and call.endpoint.method == "DELETE":
        ids = path_ids.ids_in_body(call, PARAMETER)
    else:
        ids = path_ids.ids_of(call, PARAMETER)
    return [MessageId(id) for id in ids]


def parts(
    call: Call[Any, Any], ids: Sequence[MessageId], bodies: Sequence[bytes | PostroomError]
) -> Reply:
    """207 with a part for each message."""
    account_id = call.company.account_id
    return path_ids.parts(
        call, ids, bodies, lambda id: uris.message(call.base, account_id, call.owner, id)
    )
