"""The audit log's rows: appended in the transaction that they tell of, and read page by page.

The head of an account's chain is the last row that a transaction locks: after mailboxes and
account, and of several accounts in the order of their ids.  So nobody waits for anything with a
head in hand, and the numbers of a chain have no gap.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text, func, or_, select, update

from postroom.model.audit import Act, Deed, Entry, Head, Signature, follow
from postroom.model.ids import AccountId, ExtensionId
from postroom.store.commands import Rows, Steps, many
from postroom.store.statements import Bulk, Statement, arg, insertion
from postroom.store.tables import audit, audit_head

_BIG, _TEXT = BigInteger(), Text()
LOCK_HEADS = Bulk(
    {"account_id": _BIG},
    lambda v, _: (
        select(audit_head.c.account_id, audit_head.c.number, audit_head.c.hash)
        .where(audit_head.c.account_id == v.account_id)
        .order_by(audit_head.c.account_id)
        .with_for_update(of=audit_head)
    ),
)
BEGIN_HEADS = insertion(audit_head, ignore=True)
MOVE_HEADS = Bulk(
    {"account_id": _BIG, "number": _BIG, "hash": LargeBinary()},
    lambda v, _: (
        update(audit_head)
        .values(number=v.number, hash=v.hash)
        .where(audit_head.c.account_id == v.account_id)
    ),
)
ADD = insertion(audit)

_last = (
    select(func.max(audit.c.number))
    .where(audit.c.account_id == arg("account_id"))
    .scalar_subquery()
)
HEAD = Statement(
    select(
        select(audit_head.c.number)
        .where(audit_head.c.account_id == arg("account_id"))
        .scalar_subquery(),
        select(audit_head.c.hash)
        .where(audit_head.c.account_id == arg("account_id"))
        .scalar_subquery(),
        _last,
    )
)
"""The head as it is noted, and the last number that is there, of one moment."""

CHAINS = Statement(
    select(audit_head.c.account_id)
    .union(select(audit.c.account_id).distinct())
    .order_by("account_id")
)
PAGE = Statement(
    select(audit)
    .where(
        audit.c.account_id == arg("account_id"),
        audit.c.number > arg("behind"),
        audit.c.at_ms >= arg("since"),
        or_(arg("act", _TEXT).is_(None), audit.c.act == arg("act", _TEXT)),
        or_(
            arg("extension").is_(None),
            audit.c.extension_id == arg("extension"),
            audit.c.actor_extension == arg("extension"),
        ),
    )
    .order_by(audit.c.number)
    .limit(arg("limit"))
)
WALK = Statement(
    select(audit)
    .where(audit.c.account_id == arg("account_id"), audit.c.number > arg("behind"))
    .order_by(audit.c.number)
    .limit(arg("limit"))
)


def append(deeds: Sequence[Deed]) -> Steps[None]:
    """Enter deeds at the ends of their accounts' chains; the last steps of a transaction."""
    if not deeds:
        return
    heads = yield from _lock({deed.account_id for deed in deeds})
    rows = []
    for deed in deeds:
        entry = follow(heads[deed.account_id], deed)
        heads[deed.account_id] = Head(entry.number, entry.hash)
        rows.append(row_of(entry))
    yield from many(ADD, rows)
    yield from many(MOVE_HEADS, [(id, head.number, head.hash) for id, head in heads.items()])


def enter(
    account_id: AccountId,
    act: Act,
    signed: Signature,
    extension: ExtensionId | None = None,
    details: Mapping[str, Any] = MappingProxyType({}),
) -> Steps[None]:
    """Enter one deed, with its details; the last step of a transaction."""
    deed = Deed(account_id=account_id, act=act, signed=signed, extension=extension, details=details)
    yield from append([deed])


def _lock(accounts: set[AccountId]) -> Steps[dict[AccountId, Head]]:
    wanted = [(id,) for id in sorted(accounts)]
    rows = yield from many(LOCK_HEADS, wanted)
    if len(rows) < len(wanted):
        empty = Head()
        yield from many(BEGIN_HEADS, [(id, empty.number, empty.hash) for (id,) in wanted])
        rows = yield from many(LOCK_HEADS, wanted)
    return {AccountId(id): Head(number, bytes(hash)) for id, number, hash in rows}


def row_of(entry: Entry) -> tuple[object, ...]:
    """An entry in the order of the table's columns."""
    return (
        entry.account_id,
        entry.number,
        entry.at_ms,
        entry.act,
        entry.actor,
        entry.actor_extension,
        entry.actor_name,
        entry.app,
        entry.address,
        entry.extension_id,
        entry.details,
        entry.previous,
        entry.hash,
    )


def entries_of(rows: Rows) -> list[Entry]:
    """The entries of `PAGE` and `WALK`, as they are stored, right or wrong."""
    names = Entry.__struct_fields__
    return [
        Entry(**dict(zip(names, (*row[:-2], *map(_octets, row[-2:])), strict=True))) for row in rows
    ]


def _octets(stored: Any) -> bytes:
    """A hash; SQLite keeps whatever somebody has put there."""
    return stored if isinstance(stored, bytes) else b""
