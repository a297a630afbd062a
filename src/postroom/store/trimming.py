"""Old changes go; the mailbox remembers up to which number they may be missing."""

from sqlalchemy import delete, func, literal_column, select, update

from postroom.model.ids import AccountId, ExtensionId
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.statements import Statement, arg
from postroom.store.tables import change, mailbox

_first = (
    select(change.c.at_ms)
    .where(
        change.c.account_id == mailbox.c.account_id,
        change.c.extension_id == mailbox.c.extension_id,
    )
    .order_by(change.c.number)
    .limit(literal_column("1"))
    .correlate(mailbox)
    .scalar_subquery()
)
WITH_OLD = Statement(
    select(mailbox.c.extension_id)
    .where(
        mailbox.c.account_id == arg("account_id"),
        mailbox.c.extension_id > arg("behind"),
        _first < arg("before"),
    )
    .order_by(mailbox.c.extension_id)
    .limit(arg("limit"))
)
OLD = Statement(
    select(func.count())
    .select_from(change)
    .where(change.c.account_id == arg("account_id"), change.c.at_ms < arg("before"))
)
_mine = (change.c.account_id == arg("account_id"), change.c.extension_id == arg("extension_id"))
_FIRST = Statement(
    select(change.c.number, change.c.at_ms)
    .where(*_mine)
    .order_by(change.c.number)
    .limit(arg("limit"))
)
_REMOVE = Statement(delete(change).where(*_mine, change.c.number <= arg("number")))
_RAISE = Statement(
    update(mailbox)
    .values(trimmed_number=arg("number"))
    .where(
        mailbox.c.account_id == arg("account_id"),
        mailbox.c.extension_id == arg("extension_id"),
        mailbox.c.trimmed_number < arg("number"),
    )
)


def trim(account_id: AccountId, owner: ExtensionId, before_ms: int, limit: int) -> Steps[int]:
    """Remove the oldest changes of a mailbox, at most `limit`; how many they were.

    It ends before the first one that is young enough: a younger number is never missing.
    """
    of = {"account_id": account_id, "extension_id": owner}
    yield from many(LOCK_MAILBOXES, [(account_id, owner)])
    rows = yield from one(_FIRST, **of, limit=limit)
    old = 0
    while old < len(rows) and rows[old][1] < before_ms:
        old += 1
    if old:
        number = rows[old - 1][0]
        yield from one(_RAISE, **of, number=number)
        yield from one(_REMOVE, **of, number=number)
    return old
