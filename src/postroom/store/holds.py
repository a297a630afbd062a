"""Legal holds, and the bits of them that stand in the mailboxes where a batch sees them.

The bits are worked out anew from the holds that stand, under the locks of the mailboxes and, for a
hold on the account, under the account's row: who makes an extension locks that as well.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, case, exists, literal_column, or_, select, update

from postroom.model.audit import Act, Signature
from postroom.model.errors import InvalidReference, NotFound
from postroom.model.holds import Held, Hold
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.directory_version import LOCK_ACCOUNT
from postroom.store.statements import Statement, among, arg, insertion
from postroom.store.tables import hold, mailbox

_BASIC = ["account_id", "id", "extension_id", "reason", "placed_by", "placed_ms"]
ADD = insertion(hold, _BASIC)
COLUMNS = (
    hold.c.id,
    hold.c.extension_id,
    hold.c.reason,
    hold.c.placed_by,
    hold.c.placed_ms,
    hold.c.released_by,
    hold.c.released_ms,
)
FIND = Statement(
    select(*COLUMNS).where(hold.c.account_id == arg("account_id"), hold.c.id == arg("id"))
)
LIST = Statement(
    select(*COLUMNS)
    .where(
        hold.c.account_id == arg("account_id"),
        hold.c.id > arg("behind"),
        or_(hold.c.released_ms.is_(None), arg("all") == literal_column("1")),
    )
    .order_by(hold.c.id)
    .limit(arg("limit"))
)
RELEASE = Statement(
    update(hold)
    .values(released_ms=arg("now"), released_by=arg("by", Text()))
    .where(
        hold.c.account_id == arg("account_id"),
        hold.c.id == arg("id"),
        hold.c.released_ms.is_(None),
    )
    .returning(hold.c.id)
)
MAILBOXES = Statement(
    select(mailbox.c.account_id, mailbox.c.extension_id)
    .where(
        mailbox.c.account_id == arg("account_id"),
        or_(arg("extension").is_(None), mailbox.c.extension_id == arg("extension")),
    )
    .order_by(mailbox.c.extension_id)
)


def _bit(bit: Held, of: ColumnElement[bool]) -> ColumnElement[int]:
    standing = exists().where(
        hold.c.account_id == mailbox.c.account_id, of, hold.c.released_ms.is_(None)
    )
    return case((standing, literal_column(str(int(bit)))), else_=literal_column("0"))


_held = update(mailbox).values(
    held=_bit(Held.EXTENSION, hold.c.extension_id == mailbox.c.extension_id)
    + _bit(Held.ACCOUNT, hold.c.extension_id.is_(None))
)
SET_ONE = Statement(
    _held.where(
        mailbox.c.account_id == arg("account_id"), among(mailbox.c.extension_id, "extensions")
    )
)
SET_ALL = Statement(_held.where(mailbox.c.account_id == arg("account_id")))


def place(account_id: AccountId, new: Hold, signed: Signature) -> Steps[None]:
    """Place a hold.  Raises `InvalidReference` when there is no such mailbox."""
    yield from _lock(account_id, new.extension)
    row = (account_id, new.id, new.extension, new.reason, new.placed_by, new.placed_ms)
    yield from many(ADD, [row])
    yield from _set(account_id, new.extension)
    about = {"hold": new.id, "reason": new.reason}
    yield from audit.enter(account_id, Act.HOLD, signed, new.extension, about)


def release(account_id: AccountId, id: int, signed: Signature) -> Steps[Hold]:
    """Release a hold.  Raises `NotFound` when there is none that stands."""
    rows = yield from one(FIND, account_id=account_id, id=id)
    if not rows:
        raise NotFound("holdId")
    [found] = holds_of(rows)
    yield from _lock(account_id, found.extension)
    where = {"account_id": account_id, "id": id}
    if not (yield from one(RELEASE, **where, now=signed.at_ms, by=str(signed.by))):
        raise NotFound("holdId")
    yield from _set(account_id, found.extension)
    yield from audit.enter(account_id, Act.RELEASE, signed, found.extension, {"hold": id})
    return found


def inherit(account_id: AccountId, extensions: Sequence[ExtensionId]) -> Steps[None]:
    """Let new mailboxes be held from birth; the account's row is locked."""
    yield from one(SET_ONE, account_id=account_id, extensions=list(extensions))


def _lock(account_id: AccountId, extension: ExtensionId | None) -> Steps[None]:
    rows = yield from one(MAILBOXES, account_id=account_id, extension=extension)
    if not rows:
        raise InvalidReference("extensionId")
    yield from many(LOCK_MAILBOXES, [tuple(row) for row in rows])
    if extension is None:
        yield from one(LOCK_ACCOUNT, account_id=account_id)


def _set(account_id: AccountId, extension: ExtensionId | None) -> Steps[None]:
    if extension is None:
        yield from one(SET_ALL, account_id=account_id)
    else:
        yield from one(SET_ONE, account_id=account_id, extensions=[extension])


def holds_of(rows: Rows) -> list[Hold]:
    """The holds of `FIND` and `LIST`."""
    names = Hold.__struct_fields__
    return [Hold(**dict(zip(names, row, strict=True))) for row in rows]
