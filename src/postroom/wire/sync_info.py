"""The answer to a synchronization as JSON.

Source: wire.md 2.9.
"""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from postroom.model.message import Availability
from postroom.wire import uris


class SyncType(StrEnum):
    """Everything in the frame, or what has changed in it since a token."""

    FULL = "FSync"
    INCREMENTAL = "ISync"


class GoneInfo(msgspec.Struct, kw_only=True, frozen=True):
    """A message that the client has to take out of its copy."""

    id: int
    uri: str
    availability: Availability


class SyncInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """How to go on; `olderRecordsExist` says that the frame holds more before the last record."""

    sync_type: SyncType
    sync_token: str
    sync_time: str
    older_records_exist: bool


_GONE = {
    "title": "GoneInfo",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "uri": {"type": "string"},
        "availability": {"enum": ["Deleted", "Purged"]},
    },
    "required": ["id", "uri", "availability"],
}
_RECORD = {"anyOf": [{"$ref": "#/components/schemas/MessageInfo"}, _GONE]}


class MessageSync(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """What to put into a client's copy, and what to take out of it."""

    uri: str
    records: Annotated[list[Any], Meta(extra_json_schema={"type": "array", "items": _RECORD})]
    sync_info: SyncInfo


def gone_info(
    base: str, account_id: int, extension_id: int, id: int, availability: Availability
) -> GoneInfo:
    """The record of a message that is gone."""
    uri = uris.message(base, account_id, extension_id, id)
    return GoneInfo(id=id, uri=uri, availability=availability)
