"""Parts of long inbound SMS, each committed when it comes.

    waiting ──the filing of the message──► used ──the same part again──► repeated
       ▲                                    │                              │
       └─────────── other octets under the same number: a new message ─────┘

Used parts stay for a while, so that a part that a carrier brings twice does not become a message
of its own.  Repeated ones count again when they turn out to belong to a new message, of a sender
that reuses its reference numbers.
"""

from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import LargeBinary, and_, case, delete, func, literal_column, select

from postroom.model.filing import PartKey
from postroom.model.ids import AccountId
from postroom.model.traffic import Alphabet, InboundSms
from postroom.store import codes
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.statements import Bulk, Source, Statement, arg
from postroom.store.tables import inbound_part


class Use(IntEnum):
    """What was done with a part; as stored in `used`."""

    WAITING = 0
    USED = 1
    REPEATED = 2


class PartSet(NamedTuple):
    """All parts of one long SMS."""

    account_id: AccountId
    carrier: str
    sender: str
    recipient: str
    reference: int
    total: int

    def key(self, number: int) -> PartKey:
        """The key of one part."""
        return PartKey(
            carrier=self.carrier,
            sender=self.sender,
            recipient=self.recipient,
            reference=self.reference,
            total=self.total,
            number=number,
        )


class StoredPart(NamedTuple):
    """One part that is not used."""

    number: int
    octets: bytes
    alphabet: Alphabet


class WaitingSet(NamedTuple):
    """A set of which parts wait, and when the last one came, in Unix ms."""

    parts: PartSet
    newest_ms: int


class Clash(Exception):
    """Another message from the same sender with the same reference number is not complete yet."""


_c = inbound_part.c
_SET = PartSet._fields
_IS_WAITING = _c.used == literal_column(str(Use.WAITING.value))
_IS_FREE = _c.used != literal_column(str(Use.USED.value))


def _put(v: Source, insert: Any) -> Any:
    names = [column.name for column in inbound_part.columns]
    statement = insert(inbound_part)
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, v.all(), strict=True)))
    else:
        statement = statement.from_select(names, select(*v.all()))
    new = statement.excluded
    again = case(
        (_c.octets == new.octets, literal_column(str(Use.REPEATED.value))),
        else_=literal_column(str(Use.WAITING.value)),
    )
    return statement.on_conflict_do_update(
        index_elements=[*_SET, "number"],
        set_={
            "octets": new.octets,
            "alphabet": new.alphabet,
            "used": again,
            "received_ms": new.received_ms,
        },
        where=~_IS_WAITING,
    ).returning(_c.used)


PUT = Bulk({column.name: column.type for column in inbound_part.columns}, _put)
_TYPES = {name: _c[name].type for name in _SET}
_OF_SET = and_(*(_c[name] == arg(name, _TYPES[name]) for name in _SET))
SAME = Statement(
    select(_c.number).where(
        _OF_SET, _c.number == arg("number"), _c.octets == arg("octets", LargeBinary())
    )
)
FREE = Statement(
    select(_c.number, _c.octets, _c.alphabet, _c.used).where(_OF_SET, _IS_FREE).order_by(_c.number)
)
WAITING = Statement(
    select(*(_c[name] for name in _SET), func.max(_c.received_ms))
    .where(_IS_WAITING)
    .group_by(*(_c[name] for name in _SET))
    .limit(arg("limit"))
)
FORGET = Statement(delete(inbound_part).where(~_IS_WAITING, _c.received_ms < arg("before")))


def set_of(account_id: AccountId, sms: InboundSms) -> PartSet:
    """The set that a part belongs to."""
    assert sms.part is not None
    numbers = sms.part.reference, sms.part.total
    return PartSet(account_id, sms.carrier, sms.sender, sms.recipient, *numbers)


def put(account_id: AccountId, sms: InboundSms, received_ms: int) -> Steps[None]:
    """Keep a part; one that is there already changes nothing.  Raises `Clash`."""
    assert sms.part is not None
    parts, number = set_of(account_id, sms), sms.part.number
    alphabet = codes.ALPHABET[sms.alphabet]
    row = (*parts, number, sms.octets, alphabet, Use.WAITING.value, received_ms)
    kept = yield from many(PUT, [row])
    if kept:
        return
    same = yield from one(SAME, **parts._asdict(), number=number, octets=sms.octets)
    if not same:
        raise Clash(f"reference {parts.reference}")


def free(rows: Rows) -> list[StoredPart]:
    """The parts of a set that can be filed; none when nothing new is among them."""
    if not any(row[3] == Use.WAITING for row in rows):
        return []
    return [StoredPart(row[0], bytes(row[1]), codes.ALPHABET.member(row[2])) for row in rows]


def waiting(rows: Rows) -> list[WaitingSet]:
    """Sets from the rows of `WAITING`."""
    return [WaitingSet(PartSet(*row[:-1]), row[-1]) for row in rows]


def forget(before_ms: int) -> Steps[None]:
    """Forget parts that were used, and came before a moment."""
    yield from one(FORGET, before=before_ms)
