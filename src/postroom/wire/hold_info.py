"""Legal holds and entries of the audit log, as our own API spells them."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from postroom.model.audit import Entry
from postroom.model.holds import Hold
from postroom.wire.times import EARLIEST, LATEST, iso


class HoldInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A hold; without an extension it is the whole account's."""

    id: str
    extension_id: str | None
    extension_number: str | None
    reason: str
    placed_by: str
    placed_time: str
    released_by: str | None
    released_time: str | None


def hold_info(hold: Hold, number: str | None) -> HoldInfo:
    """A hold, with the number that its extension has now."""
    return HoldInfo(
        id=str(hold.id),
        extension_id=None if hold.extension is None else str(hold.extension),
        extension_number=number,
        reason=hold.reason,
        placed_by=hold.placed_by,
        placed_time=iso(hold.placed_ms),
        released_by=hold.released_by,
        released_time=None if hold.released_ms is None else iso(hold.released_ms),
    )


class ActorInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who acted."""

    kind: str
    extension_id: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    address: str | UnsetType = UNSET


class EntryInfo(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One entry; `atMs` and `details` are as they are hashed."""

    number: int
    time: str
    at_ms: int
    act: str
    actor: ActorInfo
    extension_id: str | UnsetType = UNSET
    details: Any
    previous: str
    hash: str


def entry_info(entry: Entry) -> EntryInfo:
    """An entry, whatever somebody may have made of its row."""
    return EntryInfo(
        number=entry.number,
        time=iso(min(max(entry.at_ms, EARLIEST), LATEST)),
        at_ms=entry.at_ms,
        act=entry.act,
        actor=ActorInfo(
            kind=entry.actor,
            extension_id=_id(entry.actor_extension),
            name=UNSET if entry.actor_name is None else entry.actor_name,
            client_id=UNSET if entry.app is None else entry.app,
            address=UNSET if entry.address is None else entry.address,
        ),
        extension_id=_id(entry.extension_id),
        details=_details(entry.details),
        previous=entry.previous.hex(),
        hash=entry.hash.hex(),
    )


def _id(id: int | None) -> str | UnsetType:
    return UNSET if id is None else str(id)


def _details(stored: str) -> Any:
    try:
        return msgspec.json.decode(stored)
    except msgspec.DecodeError:
        return stored
