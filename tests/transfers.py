"""Exports and imports on open stores, and what two stores have to agree on."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from postroom.app import transfer
from postroom.app.house import real_clock
from postroom.app.transfer import Exported, Imported
from postroom.mailbox.walking import EARLIEST, Stretch
from postroom.model.ids import AccountId
from postroom.store.blobs import LocalBlobs
from postroom.store.database import Store
from postroom.store.extensions import ACCOUNTS
from postroom.store.statements import Statement
from postroom.store.tables import (
    change,
    conversation,
    extension,
    mailbox,
    membership,
    number,
    participant,
)

_KEPT = {
    mailbox: ("extension_id", "counters"),
    conversation: tuple(column.name for column in conversation.columns),
    participant: tuple(column.name for column in participant.columns),
    extension: ("id", "number", "type", "status", "first_name", "administrator", "deleted"),
    membership: ("department_id", "extension_id", "role", "present"),
    number: ("msisdn", "id", "owner_id", "usage", "deleted"),
}
STATEMENTS = [Statement(select(*(table.c[n] for n in names))) for table, names in _KEPT.items()]
CHANGES = Statement(select(change.c.extension_id, change.c.subject_id, change.c.kind))


def quiet(number: str, done: int) -> None:
    """Nobody is told how far it is."""


class Place(NamedTuple):
    """A store with its objects."""

    store: Store
    blobs: LocalBlobs

    async def export(
        self, target: Path, *extensions: str, since: int = EARLIEST, until: int | None = None
    ) -> Exported:
        """Export the only account, or some of its extensions."""
        [[account_id, _]] = await self.store.fetch(ACCOUNTS)
        now = real_clock()
        return await transfer.export(
            self.store,
            self.blobs,
            AccountId(account_id),
            target,
            extensions=extensions,
            stretch=Stretch(since, now if until is None else until),
            now_ms=now,
            tell=quiet,
        )

    async def take_in(self, source: Path, problems: list[str] | None = None) -> Imported:
        """Import a parcel; without a list of problems there may be none."""
        told: list[str] = []
        imported = await transfer.import_(
            self.store,
            self.blobs,
            source,
            clock=real_clock,
            tell=quiet,
            problem=told.append,
        )
        if problems is None:
            assert told == []
        else:
            problems += told
        return imported

    async def kept(self) -> list[list[tuple[Any, ...]]]:
        """What stands in the tables beside messages, as far as servers have to agree on it."""
        return [sorted(await self.store.fetch(one), key=repr) for one in STATEMENTS]

    async def changes(self) -> list[tuple[Any, ...]]:
        """The change rows of all mailboxes."""
        return sorted(await self.store.fetch(CHANGES))


def lines(parcel: Path) -> dict[str, list[bytes]]:
    """Every line of every mailbox of a parcel that is a directory."""
    return {
        path.relative_to(parcel).as_posix(): path.read_bytes().splitlines()
        for part in ("messages", "conversations")
        for path in sorted((parcel / part).iterdir())
    }


def contents(parcel: Path) -> dict[str, bytes]:
    """Every attachment of a parcel that is a directory."""
    folder = parcel / "attachments"
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(parcel).as_posix(): path.read_bytes() for path in paths}


def messages(parcel: Path) -> list[dict[str, Any]]:
    """Every message of a parcel that is a directory."""
    of_all = (line for name, part in lines(parcel).items() if "messages" in name for line in part)
    return [json.loads(line)["message"] for line in of_all]
