"""The version of an account's directory, and what mailboxes are told of a change.

Whoever changes the directory first locks the mailboxes of everybody concerned, in one order for
all writers, then the account's row, and last the head of the audit log (`store.audit`): what was
filed from the older directory before is committed, what comes later is not.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import literal_column, select, update

from postroom.model.errors import Outdated
from postroom.model.ids import AccountId, ExtensionId
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many, one
from postroom.store.statements import Bulk, Statement, arg, insertion
from postroom.store.tables import account, change, mailbox

RAISE = Statement(
    update(account)
    .values(
        directory_version=account.c.directory_version + literal_column("1"),
        session_version=account.c.session_version + arg("session"),
    )
    .where(account.c.id == arg("account_id"))
    .returning(account.c.directory_version)
)
LOCK_ACCOUNT = Statement(
    select(account.c.id).where(account.c.id == arg("account_id")).with_for_update()
)
"""Lets one writer at a time decide about what an account has."""
NUMBER_MAILBOXES = Bulk(
    {"account_id": account.c.id.type, "extension_id": account.c.id.type, "by": account.c.id.type},
    lambda v, _: (
        update(mailbox)
        .values(change_number=mailbox.c.change_number + v.by)
        .where(mailbox.c.account_id == v.account_id, mailbox.c.extension_id == v.extension_id)
    ),
)
ADD_CHANGES = insertion(change)

Told = tuple[ExtensionId, ChangeKind, int]
"""A change of a mailbox that belongs to nobody's message: owner, kind, subject."""


def raise_version(
    account_id: AccountId,
    concerned: Iterable[ExtensionId],
    *,
    sessions: bool = False,
    seen: int | None = None,
) -> Steps[tuple[int, dict[ExtensionId, int]]]:
    """Lock the mailboxes concerned and raise the version; it, and the mailboxes' change numbers.

    `sessions` also raises the version that tokens are verified against.  Raises `Outdated` when the
    version was not the one that was `seen`.
    """
    wanted = sorted((account_id, id) for id in set(concerned))
    locked = yield from many(LOCK_MAILBOXES, wanted)
    [(version,)] = yield from one(RAISE, account_id=account_id, session=int(sessions))
    if seen is not None and version != seen + 1:
        raise Outdated
    return int(version), {ExtensionId(row[1]): row[2] for row in locked}


def tell(
    account_id: AccountId, numbers: dict[ExtensionId, int], told: Sequence[Told], now_ms: int
) -> Steps[None]:
    """Write the changes of mailboxes; `numbers` are their change numbers under the lock."""
    rows, raised = [], dict[ExtensionId, int]()
    for owner, kind, subject in told:
        if owner not in numbers:
            continue
        raised[owner] = raised.get(owner, 0) + 1
        rows.append(
            (account_id, owner, numbers[owner] + raised[owner], kind.value, subject, now_ms)
        )
    yield from many(ADD_CHANGES, rows)
    yield from many(NUMBER_MAILBOXES, [(account_id, id, by) for id, by in raised.items()])
