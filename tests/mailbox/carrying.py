"""A carrier's ledger over a small office, for tests of what becomes of outbound messages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from postroom.mailbox.outcome import Ledger
from postroom.mailbox.verdicts import Terms
from postroom.model.filing import Dispatch, Filing
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.message import MessageStatus
from postroom.model.routing import Route, Routing
from postroom.model.traffic import DeliveryReport, Failure, Fate, Report, Submitted
from postroom.store import codes, leases
from postroom.store.commands import many
from postroom.store.database import Store
from postroom.store.leases import Lease, LeaseLost
from postroom.store.outbox import ROUTE, Entry
from postroom.store.statements import Statement, arg
from postroom.store.tables import message, outbox, parked_report, submitted
from postroom.workers.outbox import real_ms
from tests.store import office

OURS, THEIRS = "+16505550101", "+14155550123"
ACME = Routing((Route(carrier="acme", prefixes=("+",)),))
PATIENCE = 20.0

STATE = Statement(
    select(
        message.c.status,
        message.c.delivery_error,
        message.c.delivered_ms,
        message.c.uncertain,
        message.c.attempts,
    ).where(message.c.id == arg("id"))
)
WAITING = Statement(
    select(
        outbox.c.message_id,
        outbox.c.carrier,
        outbox.c.claimed,
        outbox.c.segments_done,
        outbox.c.attempts,
        outbox.c.due_ms,
    ).order_by(outbox.c.message_id)
)
PARKED = Statement(select(parked_report.c.carrier, parked_report.c.carrier_id))
SEGMENTS = Statement(
    select(submitted.c.segment, submitted.c.carrier_id, submitted.c.state)
    .where(submitted.c.message_id == arg("id"))
    .order_by(submitted.c.segment)
)


class Now(NamedTuple):
    """What is stored of a message."""

    status: MessageStatus
    error: str | None
    delivered_ms: int | None
    uncertain: bool
    attempts: int


class Waiting(NamedTuple):
    """What is stored of a submission."""

    id: int
    carrier: str
    claimed: bool
    done: int
    attempts: int
    due_ms: int


async def queue(
    store: Store, text: str = "Hello", to: str = THEIRS, *, now: int | None = None, box: int = 1
) -> MessageId:
    """File an SMS that waits for a carrier."""
    now = real_ms() if now is None else now
    copy = msgspec.structs.replace(office.message(box, text=text, now=now), peer=to)
    dispatch = Dispatch(
        extension_id=ExtensionId(box), message_id=copy.id, sender=OURS, recipient=to, text=text
    )
    await store.file(
        Filing(
            account_id=AccountId(1), version=1, messages=(copy,), dispatches=(dispatch,), due_ms=now
        )
    )
    return copy.id


async def route(store: Store, id: int, carrier: str) -> None:
    """Let a submission wait for a certain carrier."""
    await store.transact(lambda: many(ROUTE, [(1, id, carrier)]))


async def now(store: Store, id: int) -> Now:
    """What became of a message."""
    [[status, error, delivered, uncertain, attempts]] = await store.fetch(STATE, id=id)
    return Now(codes.STATUS.member(status), error, delivered, bool(uncertain), attempts)


async def status(store: Store, id: int) -> MessageStatus:
    """The status of a message."""
    return (await now(store, id)).status


async def waiting(store: Store) -> list[Waiting]:
    """The whole outbox."""
    return [Waiting(*row) for row in await store.fetch(WAITING)]


async def parked(store: Store) -> list[str]:
    """The ids of the receipts that fit nothing."""
    return [row[1] for row in await store.fetch(PARKED)]


async def segments(store: Store, id: int) -> list[tuple[int, str, int]]:
    """Number, carrier's id and state of a message's segments."""
    return [tuple(row) for row in await store.fetch(SEGMENTS, id=id)]


async def take(store: Store, carrier: str = "acme", holder: str = "node") -> Lease:
    """Take a carrier's lease from whoever has it."""
    name = f"carrier:{carrier}"
    await store.transact(lambda: leases.make([name]))
    seen = leases.read((await store.look(leases.READ, names=[name]))[0])
    taken = await store.transact(lambda: leases.take(seen, holder, 0))
    assert taken is not None
    return taken


@asynccontextmanager
async def carrying(
    store: Store,
    terms: Terms | None = None,
    routing: Routing = ACME,
    *,
    holder: str = "node",
) -> AsyncIterator[Ledger]:
    """A running ledger that holds its carrier's lease; it is dropped as in a crash."""
    terms = terms or Terms(carrier="acme")
    ledger = Ledger(store, terms, routing, real_ms, real_ms)
    ledger.chance = lambda: 0.0
    ledger.claims.begin(await take(store, terms.carrier, holder))
    await ledger.recover()
    running = asyncio.create_task(ledger.run())
    try:
        yield ledger
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, LeaseLost):
            await running
        ledger.end()


async def claim(ledger: Ledger, limit: int = 100) -> list[Entry]:
    """Claim what is due."""
    return (await ledger.claims.claim(limit)).entries


async def settle(ledger: Ledger, entry: Entry, *ids: str, failure: Failure | None = None) -> None:
    """Let one submission come back, and wait until it is durable."""
    ledger.finish(entry, Submitted(ids=ids, failure=failure))
    await quiet(ledger)


async def quiet(ledger: Ledger) -> None:
    """Wait until all is durable."""
    async with asyncio.timeout(PATIENCE):
        await ledger.quiet()


async def send(ledger: Ledger, *ids: str, text: str = "Hello", to: str = THEIRS) -> MessageId:
    """A message that the carrier has accepted with these ids."""
    id = await queue(ledger.store, text, to)
    [entry] = await claim(ledger)
    await settle(ledger, entry, *ids)
    return id


def failure(fate: Fate, error: str = "SMS-UP-500", *, not_bound: bool = False) -> Failure:
    """A failure of some kind."""
    return Failure(fate=fate, reason=fate.value, delivery_error=error, not_bound=not_bound)


def receipt(
    id: str,
    report: Report = Report.DELIVERED,
    *,
    carrier: str = "acme",
    addresses: Sequence[str] = (OURS, THEIRS),
    error: str | None = None,
) -> DeliveryReport:
    """A receipt for a message between two numbers."""
    sender, recipient = addresses
    return DeliveryReport(
        carrier=carrier,
        id=id,
        report=report,
        sender=sender,
        recipient=recipient,
        delivery_error=error,
    )
