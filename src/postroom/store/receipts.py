"""Segments that carriers took, by the ids that they gave, and receipts that fit none yet.

`folded` is the id in its canonical spelling (`model.receipts`); it is empty where the carrier gave
none, because its answer never came.
"""

from enum import IntEnum

import msgspec
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    delete,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.store.commands import Rows, Steps, one
from postroom.store.statements import Bulk, Row, Source, Statement, among, arg, insertion
from postroom.store.tables import outbox, parked_report, submitted

UNNAMED = ""
"""The folded id of a segment without an id."""


class Progress(IntEnum):
    """How far a segment is known to have come; as stored."""

    OPEN = 0
    DELIVERED = 1
    FAILED = 2


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One segment, numbered from 1, that a carrier took or may have taken."""

    carrier: str
    folded: str
    account_id: AccountId
    message_id: MessageId
    segment: int
    extension_id: ExtensionId
    carrier_id: str
    sender: str
    recipient: str
    state: int = Progress.OPEN
    error: str | None = None
    at_ms: int

    @property
    def message(self) -> tuple[AccountId, MessageId]:
        """Of which message it is."""
        return self.account_id, self.message_id


class ParkedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt that fitted nothing when it came; `id` tells different ones apart."""

    carrier: str
    folded: str
    id: int
    carrier_id: str
    report: int
    sender: str
    recipient: str
    error: str | None
    done_ms: int | None
    at_ms: int


_SEGMENT = Segment.__struct_fields__
_PARKED = ParkedReport.__struct_fields__
_CARRIER = arg("carrier", Text())
_COLUMNS = [submitted.c[name] for name in _SEGMENT]
_PARKED_COLUMNS = [parked_report.c[name] for name in _PARKED]
_NO_ID: ColumnElement[str] = literal_column("''")

_found, _sibling = submitted.alias("found"), submitted.alias("sibling")
_waits = exists().where(
    outbox.c.account_id == _found.c.account_id, outbox.c.message_id == _found.c.message_id
)
SIBLINGS = Statement(
    select(*(_sibling.c[name] for name in _SEGMENT), _waits)
    .select_from(_found)
    .join(
        _sibling,
        and_(
            _sibling.c.account_id == _found.c.account_id,
            _sibling.c.message_id == _found.c.message_id,
        ),
    )
    .where(_found.c.carrier == _CARRIER, among(_found.c.folded, "ids"))
)
"""Every segment of the messages of which one has such an id, and whether more are to be sent."""

OF_MESSAGE = Statement(
    select(*_COLUMNS).where(
        submitted.c.account_id == arg("account_id"), submitted.c.message_id == arg("message_id")
    )
)
UNNAMED_TO = Statement(
    select(*_COLUMNS)
    .where(
        submitted.c.carrier == _CARRIER,
        submitted.c.folded == _NO_ID,
        submitted.c.state == literal_column(str(Progress.OPEN.value)),
        among(submitted.c.recipient, "recipients"),
    )
    .order_by(submitted.c.at_ms, submitted.c.message_id, submitted.c.segment)
)
PARKED = Statement(
    select(*_PARKED_COLUMNS)
    .where(parked_report.c.carrier == _CARRIER, among(parked_report.c.folded, "ids"))
    .order_by(parked_report.c.at_ms)
)
PARKED_FROM = Statement(
    select(*_PARKED_COLUMNS)
    .where(parked_report.c.carrier == _CARRIER, among(parked_report.c.recipient, "recipients"))
    .order_by(parked_report.c.at_ms)
)
MATCHING = Statement(
    select(*_PARKED_COLUMNS)
    .where(
        parked_report.c.carrier == _CARRIER,
        or_(
            exists().where(
                submitted.c.carrier == parked_report.c.carrier,
                submitted.c.folded == parked_report.c.folded,
                submitted.c.state == literal_column(str(Progress.OPEN.value)),
            ),
            exists().where(
                submitted.c.carrier == parked_report.c.carrier,
                submitted.c.folded == _NO_ID,
                submitted.c.sender == parked_report.c.sender,
                submitted.c.recipient == parked_report.c.recipient,
            ),
        ),
    )
    .order_by(parked_report.c.at_ms)
    .limit(arg("limit"))
)
"""Parked receipts that fit something by now."""

INSERT_SEGMENTS = insertion(submitted, _SEGMENT, ignore=True)
PARK = insertion(parked_report, _PARKED, ignore=True)

_KEY = ("carrier", "folded", "account_id", "message_id", "segment")


def _at(v: Source) -> ColumnElement[bool]:
    return and_(*(submitted.c[name] == getattr(v, name) for name in _KEY))


UPDATE_SEGMENTS = Bulk(
    {name: submitted.c[name].type for name in (*_KEY, "state", "error")},
    lambda v, _: update(submitted).values(state=v.state, error=v.error).where(_at(v)),
)
DELETE_SEGMENTS = Bulk(
    {name: submitted.c[name].type for name in _KEY},
    lambda v, _: delete(submitted).where(_at(v)),
)
UNPARK = Bulk(
    {name: parked_report.c[name].type for name in ("carrier", "folded", "id")},
    lambda v, _: delete(parked_report).where(
        parked_report.c.carrier == v.carrier,
        parked_report.c.folded == v.folded,
        parked_report.c.id == v.id,
    ),
)


_SEGMENT_KEY = tuple_(*(submitted.c[name] for name in _KEY))
_PARKED_KEY = tuple_(parked_report.c.carrier, parked_report.c.folded, parked_report.c.id)
FORGET_SEGMENTS = Statement(
    delete(submitted)
    .where(
        _SEGMENT_KEY.in_(
            select(*(submitted.c[name] for name in _KEY))
            .where(submitted.c.at_ms < arg("before"))
            .limit(arg("limit"))
        )
    )
    .returning(submitted.c.segment)
)
FORGET_PARKED = Statement(
    delete(parked_report)
    .where(
        _PARKED_KEY.in_(
            select(parked_report.c.carrier, parked_report.c.folded, parked_report.c.id)
            .where(parked_report.c.at_ms < arg("before"))
            .limit(arg("limit"))
        )
    )
    .returning(parked_report.c.id)
)


def segments(rows: Rows) -> list[Segment]:
    """Segments from their rows."""
    return [Segment(**dict(zip(_SEGMENT, row, strict=False))) for row in rows]


def parked(rows: Rows) -> list[ParkedReport]:
    """Parked receipts from their rows."""
    return [ParkedReport(**dict(zip(_PARKED, row, strict=True))) for row in rows]


def row(value: Segment | ParkedReport) -> Row:
    """A row to insert."""
    return msgspec.structs.astuple(value)


def key(segment: Segment) -> Row:
    """The key of a segment's row."""
    return tuple(getattr(segment, name) for name in _KEY)


def forget(segments_before_ms: int, parked_before_ms: int, limit: int) -> Steps[bool]:
    """Forget segments and parked receipts from before some moments, at most `limit` of each.

    Whether there may be more.
    """
    segments = yield from one(FORGET_SEGMENTS, before=segments_before_ms, limit=limit)
    parked = yield from one(FORGET_PARKED, before=parked_before_ms, limit=limit)
    return limit in (len(segments), len(parked))
