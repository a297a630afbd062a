"""Submissions that wait for a carrier.

    waiting (claimed 0) ──claim──► claimed 1, carrier, fence ──settle──► gone, or waiting again

The claim is the durable mark "may be on the wire".  `carrier` is `UNROUTED` until somebody has
looked at the number, and `NOBODY` where no carrier serves it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.store import leases
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.leases import Lease
from postroom.store.statements import Bulk, Row, Source, Statement, arg, not_among
from postroom.store.tables import outbox

UNROUTED, NOBODY = "", "(none)"

Key = tuple[AccountId, MessageId]
Choose = Callable[[str], str]
"""The carrier for a recipient, or `NOBODY`."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One submission; times are those of the clock that dates messages."""

    account_id: AccountId
    message_id: MessageId
    extension_id: ExtensionId
    carrier: str
    sender: str
    recipient: str
    body: str
    segments_done: int
    attempts: int
    accepted_ms: int

    @property
    def key(self) -> Key:
        """What names it."""
        return self.account_id, self.message_id


_NAMES = Entry.__struct_fields__
_COLUMNS = [outbox.c[name] for name in _NAMES]
_WAITS = outbox.c.claimed == literal_column("0")
_CLAIMED = outbox.c.claimed == literal_column("1")
_MINE = outbox.c.carrier == arg("carrier", Text())
_IS_UNROUTED = outbox.c.carrier == literal_column("''")
_DUE = outbox.c.due_ms <= arg("now")
_UNTOUCHED = outbox.c.segments_done == literal_column("0")


def _claimable(
    *conditions: ColumnElement[bool], offset: ColumnElement[int] | None = None
) -> Statement:
    return Statement(
        select(*_COLUMNS)
        .where(_WAITS, *conditions)
        .order_by(outbox.c.due_ms, outbox.c.message_id)
        .limit(arg("limit"))
        .offset(offset)
        .with_for_update(skip_locked=True)
    )


DUE = _claimable(_MINE, _DUE)
FRESH = _claimable(_IS_UNROUTED, _DUE)
STUCK = _claimable(_MINE, _DUE, _UNTOUCHED, offset=arg("offset"))
_OLD = outbox.c.accepted_ms < arg("before")
OVERDUE = _claimable(_MINE, _OLD)
OVERDUE_AND_UNSERVED = _claimable(_OLD, not_among(outbox.c.carrier, "carriers"))
IS_DUE = Statement(
    select(literal_column("1")).where(
        or_(
            exists().where(_WAITS, _MINE, _DUE),
            exists().where(_WAITS, _IS_UNROUTED, _DUE),
        )
    )
)
STRANDED = Statement(
    select(*_COLUMNS).where(_CLAIMED, _MINE, outbox.c.fence < arg("fence")).limit(arg("limit"))
)
LOST = Statement(
    select(*_COLUMNS).where(_CLAIMED, not_among(outbox.c.carrier, "carriers")).limit(arg("limit"))
)
STRAYS = Statement(
    select(outbox.c.account_id, outbox.c.message_id).where(
        _CLAIMED, _MINE, outbox.c.fence == arg("fence")
    )
)
UNROUTE = Statement(
    update(outbox)
    .values(carrier=literal_column("''"))
    .where(_WAITS, _UNTOUCHED, not_among(outbox.c.carrier, "carriers"))
)
EXTENT = Statement(select(func.count(), func.min(outbox.c.accepted_ms)).select_from(outbox))

_KEY = {"account_id": BigInteger(), "message_id": BigInteger()}


def _at(v: Source) -> tuple[ColumnElement[bool], ...]:
    return outbox.c.account_id == v.account_id, outbox.c.message_id == v.message_id


def _change(columns: Sequence[str], **constants: ColumnElement[int]) -> Bulk:
    types = {name: outbox.c[name].type for name in columns}
    return Bulk(
        {**_KEY, **types},
        lambda v, _: (
            update(outbox)
            .values({name: getattr(v, name) for name in columns} | constants)
            .where(*_at(v))
        ),
    )


CLAIM = _change(["carrier", "fence", "attempts"], claimed=literal_column("1"))
ROUTE = _change(["carrier"])
PUT_BACK = _change(["carrier", "segments_done", "attempts", "due_ms"], claimed=literal_column("0"))
UNCLAIM = _change([], claimed=literal_column("0"), attempts=outbox.c.attempts - literal_column("1"))
REMOVE = Bulk(_KEY, lambda v, _: delete(outbox).where(*_at(v)))


def entries(rows: Rows) -> list[Entry]:
    """Entries from their rows, oldest first."""
    made = [Entry(**dict(zip(_NAMES, row, strict=True))) for row in rows]
    return sorted(made, key=lambda entry: entry.message_id)


class HandedOver(NamedTuple):
    """How many submissions went to another carrier, of how many that were looked at."""

    moved: int
    seen: int


class Claimed(NamedTuple):
    """What a claim took, how many it routed elsewhere, and what no carrier serves."""

    entries: list[Entry]
    elsewhere: int
    unserved: list[Entry]


def claim(lease: Lease, carrier: str, choose: Choose, limit: int, now_ms: int) -> Steps[Claimed]:
    """Claim at most `limit` due submissions for one carrier, and route what nobody has routed.

    Raises `LeaseLost`.
    """
    yield from leases.check(lease)
    mine = entries((yield from one(DUE, carrier=carrier, now=now_ms, limit=limit)))
    fresh: list[Entry] = []
    if len(mine) < limit:
        fresh = entries((yield from one(FRESH, now=now_ms, limit=limit - len(mine))))
    routed = [(entry, choose(entry.recipient)) for entry in fresh]
    mine += [entry for entry, chosen in routed if chosen == carrier]
    others = [(entry, chosen) for entry, chosen in routed if chosen != carrier]
    yield from many(ROUTE, [(*entry.key, chosen) for entry, chosen in others])
    unserved = [entry for entry, chosen in others if chosen == NOBODY]
    taken = yield from _take(mine, carrier, lease)
    return Claimed(taken, len(others) - len(unserved), unserved)


def claim_overdue(lease: Lease, carrier: str, before_ms: int, limit: int) -> Steps[list[Entry]]:
    """Claim what waits for a carrier since before a moment, whenever it is due."""
    yield from leases.check(lease)
    rows = yield from one(OVERDUE, carrier=carrier, before=before_ms, limit=limit)
    return (yield from _take(entries(rows), carrier, lease))


def claim_unserved(
    lease: Lease, carriers: Sequence[str], before_ms: int, limit: int
) -> Steps[list[Entry]]:
    """Claim what waits since before a moment for none of the `carriers`."""
    yield from leases.check(lease)
    known = list(carriers)
    rows = yield from one(OVERDUE_AND_UNSERVED, carriers=known, before=before_ms, limit=limit)
    return (yield from _take(entries(rows), NOBODY, lease))


def _take(found: list[Entry], carrier: str, lease: Lease) -> Steps[list[Entry]]:
    taken = [
        msgspec.structs.replace(entry, carrier=carrier, attempts=entry.attempts + 1)
        for entry in found
    ]
    rows: list[Row] = [(*entry.key, carrier, lease.fence, entry.attempts) for entry in taken]
    yield from many(CLAIM, rows)
    return taken


def hand_over(
    lease: Lease, carrier: str, choose: Choose, page: slice, now_ms: int
) -> Steps[HandedOver]:
    """Give due submissions, of which no segment was accepted, to the carrier that is chosen.

    `page` says which of them to look at, in their order.  Raises `LeaseLost`.
    """
    yield from leases.check(lease)
    start, limit = page.start, page.stop - page.start
    stuck = yield from one(STUCK, carrier=carrier, now=now_ms, limit=limit, offset=start)
    routed = [(*entry.key, choose(entry.recipient)) for entry in entries(stuck)]
    elsewhere = [row for row in routed if row[2] not in (carrier, NOBODY)]
    yield from many(ROUTE, elsewhere)
    return HandedOver(len(elsewhere), len(stuck))


def put_back_strays(lease: Lease, carrier: str, known: frozenset[Key]) -> Steps[int]:
    """Give back what was claimed under this lease without our being told; how many it was.

    That happens when the connection is lost while the claim commits: nobody has submitted them.
    """
    yield from leases.check(lease)
    rows = yield from one(STRAYS, carrier=carrier, fence=lease.fence)
    strays = [row for row in rows if tuple(row) not in known]
    yield from many(UNCLAIM, [tuple(row) for row in strays])
    return len(strays)


def unroute(carriers: Sequence[str]) -> Steps[None]:
    """Have routed again what waits for a carrier that is none of these."""
    yield from one(UNROUTE, carriers=[*carriers, UNROUTED])
