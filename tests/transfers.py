"""Exports and imports on open stores, and what two stores have to agree on."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from postroom.app import transfer
from postroom.app.house import real_clock
from postroom.app.transfer import Exported, Imported
from postroom.directory import provisioning
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
from tests.faxes import OCTETS, fax
from tests.office import OUTSIDE, Office

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


async def lived_in(office: Office) -> None:
    """Every kind of message in every state, closed conversations, somebody who has left."""
    sent = (
        await office.sms(102, "+16505550102", OUTSIDE, 'Grüße\n\t"🙂" \\ \u2028 </script>')
    ).json()
    await office.until(102, sent["id"], "Delivered")
    await office.sms(103, "+16505550103", "+16505550102", "Within")
    await office.page(101, 200, text="To all of Support")
    await office.page(101, 102, 103, text="To two")
    await office.assign(200, remove=(103,))
    [newest, *_] = await office.inbox(102)
    await office.call(102, "PUT", f"message-store/{newest['id']}", json={"readStatus": "Read"})
    for purge, text in (("false", "Deleted"), ("true", "Purged")):
        id = (await office.page(101, 107, text=text)).json()["id"]
        await office.call(101, "DELETE", f"message-store/{id}?purge={purge}")
    await fax(office, 102, OCTETS, b"", b"third")
    await fax(office, 107, b"lonely")
    leaving = office.company.by_number["107"]
    await provisioning.remove_extension(office.house.store, office.company, leaving, office.clock())
