"""What the measured servers hold: the demo company, and mailboxes of any size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from postroom.app import stores
from postroom.app.house import real_clock
from postroom.cli import demo_env
from postroom.config import Settings
from postroom.directory import demo, provisioning
from postroom.directory.companies import Companies
from postroom.directory.provisioning import Assignment
from postroom.mailbox import changing
from postroom.model.company import Company
from postroom.model.conversations import conversation_of
from postroom.model.filing import Filing
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.listing import Listing
from postroom.model.message import (
    Availability,
    Direction,
    Message,
    MessageStatus,
    MessageType,
    ReadStatus,
)
from postroom.store.database import Store
from postroom.store.extensions import ACCOUNTS
from postroom.workers.indexing import Indexing

CHUNK = 500
DAY_MS = 24 * 3600 * 1000
MEMBERS = 1000
PER_LEASE = 20_000


async def furnish(settings: Settings, store: Store) -> None:
    """Seed the demo company into an empty store."""
    if await store.fetch(ACCOUNTS):
        return
    async with stores.giving_ids(store) as ids:
        values = await demo.seed(store, ids, real_clock, settings.server.base_url)
    demo_env.write(Path(settings.store.data), values)


async def only_company(store: Store) -> Company:
    """The demo company."""
    [[account_id, _]] = await store.fetch(ACCOUNTS)
    return await Companies(store).current(account_id)


Make = Callable[[Company, ExtensionId, MessageId, int, int, int], Message]


async def fill(settings: Settings, sizes: dict[str, int], make: "Make | None" = None) -> None:
    """Fill mailboxes by extension number, up to a number of messages over the last year.

    Their words are indexed before the measuring begins.
    """
    async with stores.opened(settings) as store:
        await furnish(settings, store)
        company = await only_company(store)
        for number, size in sizes.items():
            for first in range(0, size, PER_LEASE):
                numbers = range(first, min(first + PER_LEASE, size))
                await _pour(store, company, company.by_number[number].id, numbers, size, make)
        await Indexing(store, rest=0.0).step()
    if store.settings.dsn is not None:
        await _analyze(store.settings.dsn)


async def _analyze(dsn: str) -> None:
    """Give PostgreSQL the statistics that it would have made for itself within a minute."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _pour(
    store: Store,
    company: Company,
    owner: ExtensionId,
    numbers: range,
    size: int,
    make: "Make | None",
) -> None:
    """File some of the messages of a mailbox, with ids of a new lease: nobody renews it."""
    now = real_clock()
    async with stores.giving_ids(store) as ids:
        for at in range(0, len(numbers), CHUNK):
            messages = tuple(
                (make or _message)(company, owner, MessageId(next(ids)), n, size, now)
                for n in numbers[at : at + CHUNK]
            )
            await store.file(_filing(company, messages))


async def delete_all(settings: Settings, number: str, days_ago: int) -> None:
    """Delete everything in a mailbox, as if it had been done some days ago."""
    async with stores.opened(settings) as store:
        company = await only_company(store)
        owner, now = company.by_number[number].id, real_clock()
        closed: tuple[int, ...] = ()
        wanted = Listing(availabilities=(Availability.ALIVE,))
        await changing.delete_all(
            store, company, owner, wanted, closed, now - days_ago * DAY_MS, step=Step.DELETE
        )


def _filing(company: Company, messages: tuple[Message, ...]) -> Filing:
    return Filing(account_id=company.account_id, version=company.version, messages=messages)


def _message(
    company: Company, owner: ExtensionId, id: MessageId, n: int, size: int, now: int
) -> Message:
    created = now - 300 * DAY_MS + n * (299 * DAY_MS // size)
    peer = f"+1415555{n % 10_000:04}"
    return Message(
        account_id=company.account_id,
        extension_id=owner,
        id=id,
        type=MessageType.SMS,
        direction=Direction.INBOUND if n % 2 else Direction.OUTBOUND,
        status=MessageStatus.RECEIVED if n % 2 else MessageStatus.SENT,
        created_ms=created - created % 1000,
        modified_ms=created,
        conversation_id=conversation_of(company.account_id, "+16505550101", (peer,)),
        subject=f"Message {n} of a mailbox, of a common length for a short text",
        sender='{"phoneNumber":"+16505550101"}',
        recipients=msgspec.json.encode([{"phoneNumber": peer}]).decode(),
        own="+16505550101",
        peer=peer,
        segments=1,
    )


RARE = 125
"""So many messages of each rare kind are in a varied mailbox, whatever its size."""
OFTEN = 8
"""One of so many is unread."""


def varied(
    company: Company, owner: ExtensionId, id: MessageId, n: int, size: int, now: int
) -> Message:
    """A message that is mostly a read SMS.

    A page of 100 is full with each filter in a small mailbox and in a huge one, so that both show
    the same: as many pages, faxes and deleted ones, as large conversations of two kinds.
    """
    message = _message(company, owner, id, n, size, now)
    peer = f"+1415{_peer(n, size):07}"
    chosen: dict[str, Any] = {
        "read_status": ReadStatus.UNREAD if n // 7 % OFTEN == 0 else ReadStatus.READ,
        "direction": Direction.INBOUND if n // 3 % 2 else Direction.OUTBOUND,
        "subject": f"{message.subject}: topic{n % 100} subject{n % 1000} and so on",
        "conversation_id": conversation_of(company.account_id, "+16505550101", (peer,)),
        "recipients": msgspec.json.encode([{"phoneNumber": peer}]).decode(),
        "peer": peer,
    }
    place = n % (size // RARE)
    if place == 3:
        chosen |= {"type": MessageType.PAGER, "own": None, "peer": None}
    elif place in (4, 6):
        chosen |= {"type": MessageType.FAX, "conversation_id": None, "own": None, "peer": None}
        chosen["availability"] = Availability.ALIVE if place == 4 else Availability.DELETED
    return msgspec.structs.replace(message, **chosen)


def _peer(n: int, size: int) -> int:
    """Half of the messages are in conversations of a hundred, the others in those of five."""
    half = n // 2
    return half % (size // 200) if n % 2 == 0 else 1_000_000 + half % (size // 10)


async def crowd(settings: Settings) -> None:
    """Put a thousand members into the department 201."""
    async with stores.opened(settings) as store:
        await furnish(settings, store)
        company = await only_company(store)
        async with stores.giving_ids(store) as ids:
            new = [
                provisioning.extension(f"{n}", f"Member {n}") for n in range(5000, 5000 + MEMBERS)
            ]
            added = await provisioning.add_extensions(store, company, ids, new)
        company = await only_company(store)
        assignment = Assignment(
            department=company.by_number["201"].id, added=tuple(one.id for one in added)
        )
        await provisioning.assign_members(store, company, [assignment], real_clock())


async def assign(settings: Settings, member: str, department: str, *, present: bool) -> None:
    """Put an extension into a department, or out of it: then its conversations are closed to it."""
    async with stores.opened(settings) as store:
        company = await only_company(store)
        ids = (company.by_number[member].id,)
        assignment = Assignment(
            department=company.by_number[department].id,
            added=ids if present else (),
            removed=() if present else ids,
        )
        await provisioning.assign_members(store, company, [assignment], real_clock())
