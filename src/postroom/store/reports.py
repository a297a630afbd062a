"""The tasks of message store reports, and the archives that they made.

Whoever works on a task holds the lease of the reports; each write checks it.
"""

import msgspec
from sqlalchemy import SmallInteger, Text, delete, func, select, update

from postroom.model.ids import AccountId
from postroom.model.message import MessageType
from postroom.model.report import MOST_OPEN, OPEN, Archive, Report, ReportStatus, TooManyReports
from postroom.store.codes import REPORT_STATUS
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.directory_version import LOCK_ACCOUNT
from postroom.store.leases import Lease, check
from postroom.store.statements import Row, Statement, among, arg, insertion
from postroom.store.tables import report, report_archive

SMALL, TEXT = SmallInteger(), Text()
OPEN_CODES = sorted(REPORT_STATUS[status] for status in OPEN)
_TYPES = msgspec.json.Decoder(tuple[MessageType, ...])
_r, _a = report.c, report_archive.c
_this = (_r.account_id == arg("account_id"), _r.id == arg("id", TEXT))
_of_this = (_a.account_id == arg("account_id"), _a.report_id == arg("id", TEXT))
_COLUMNS = (
    _r.account_id,
    _r.id,
    _r.extension_id,
    _r.status,
    _r.from_ms,
    _r.to_ms,
    _r.types,
    _r.attempts,
    _r.started_ms,
    _r.finished_ms,
)

COUNT_OPEN = Statement(
    select(func.count()).where(_r.account_id == arg("account_id"), among(_r.status, "open"))
)
INSERT = insertion(report)
GET = Statement(select(*_COLUMNS).where(*_this))
WAITING = Statement(
    select(*_COLUMNS).where(among(_r.status, "open")).order_by(_r.started_ms).limit(arg("limit"))
)
OLD = Statement(
    select(*_COLUMNS)
    .where(_r.finished_ms < arg("before"))
    .order_by(_r.started_ms)
    .limit(arg("limit"))
)
SET_STATUS = Statement(
    update(report)
    .values(status=arg("status", SMALL), finished_ms=arg("finished"))
    .where(*_this, among(_r.status, "open"))
    .returning(_r.id)
)
BEGIN = Statement(
    update(report)
    .values(status=arg("status", SMALL), attempts=_r.attempts + arg("one", SMALL))
    .where(*_this, among(_r.status, "open"))
    .returning(_r.attempts)
)
ARCHIVES = Statement(
    select(_a.account_id, _a.report_id, _a.attempt, _a.number, _a.size)
    .where(*_of_this)
    .order_by(_a.attempt, _a.number)
)
ADD_ARCHIVE = insertion(report_archive)
SET_SIZE = Statement(
    update(report_archive)
    .values(size=arg("size"))
    .where(*_of_this, _a.attempt == arg("attempt", SMALL), _a.number == arg("number", SMALL))
)
DROP_ARCHIVES = Statement(
    delete(report_archive).where(*_of_this, _a.attempt < arg("attempt", SMALL))
)
DROP = Statement(delete(report).where(*_this))


def read(rows: Rows) -> list[Report]:
    """Tasks from their rows."""
    return [_report(row) for row in rows]


def _report(row: Row) -> Report:
    return Report(
        account_id=row[0],
        id=row[1],
        extension_id=row[2],
        status=REPORT_STATUS.member(row[3]),
        from_ms=row[4],
        to_ms=row[5],
        types=_TYPES.decode(row[6]),
        attempts=row[7],
        started_ms=row[8],
        finished_ms=row[9],
    )


def archives(rows: Rows) -> list[Archive]:
    """Archives from their rows, in the order of attempt and number."""
    return [Archive(**dict(zip(Archive.__struct_fields__, row, strict=True))) for row in rows]


def create(new: Report) -> Steps[None]:
    """Have a task done.  Raises `TooManyReports`."""
    yield from one(LOCK_ACCOUNT, account_id=new.account_id)
    [(count,)] = yield from one(COUNT_OPEN, account_id=new.account_id, open=OPEN_CODES)
    if count >= MOST_OPEN:
        raise TooManyReports
    row = (
        new.account_id,
        new.id,
        new.extension_id,
        REPORT_STATUS[new.status],
        new.from_ms,
        new.to_ms,
        msgspec.json.encode(new.types).decode(),
        new.attempts,
        new.started_ms,
        new.finished_ms,
    )
    yield from many(INSERT, [row])


def set_status(
    lease: Lease, task: Report, status: ReportStatus, finished_ms: int | None = None
) -> Steps[bool]:
    """Bring a task that is open into another state; whether it was open.  Raises `LeaseLost`."""
    yield from check(lease)
    found = yield from one(
        SET_STATUS,
        account_id=task.account_id,
        id=task.id,
        status=REPORT_STATUS[status],
        finished=finished_ms,
        open=OPEN_CODES,
    )
    return bool(found)


def begin(lease: Lease, task: Report) -> Steps[int | None]:
    """Begin an attempt: its number, from 1; `None` when the task is no longer open."""
    yield from check(lease)
    found = yield from one(
        BEGIN,
        account_id=task.account_id,
        id=task.id,
        status=REPORT_STATUS[ReportStatus.IN_PROGRESS],
        one=1,
        open=OPEN_CODES,
    )
    return found[0][0] if found else None


def announce(lease: Lease, new: Archive) -> Steps[None]:
    """Note an archive before its object is written, so that whoever goes on can erase it."""
    yield from check(lease)
    yield from many(ADD_ARCHIVE, [tuple(getattr(new, n) for n in Archive.__struct_fields__)])


def measured(lease: Lease, written: Archive) -> Steps[None]:
    """The object of an archive is there, and so large."""
    yield from check(lease)
    yield from one(
        SET_SIZE,
        account_id=written.account_id,
        id=written.report_id,
        attempt=written.attempt,
        number=written.number,
        size=written.size,
    )


def drop_archives(lease: Lease, account_id: AccountId, id: str, attempt: int) -> Steps[None]:
    """Forget the archives of earlier attempts; their objects are gone."""
    yield from check(lease)
    yield from one(DROP_ARCHIVES, account_id=account_id, id=id, attempt=attempt)


def forget(lease: Lease, task: Report) -> Steps[None]:
    """Forget a task with its archives; their objects are gone."""
    yield from drop_archives(lease, task.account_id, task.id, task.attempts + 1)
    yield from one(DROP, account_id=task.account_id, id=task.id)
