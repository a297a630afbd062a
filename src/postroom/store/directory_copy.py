"""A whole directory at once: read for an export, written for an account that is not there yet."""

from collections.abc import Sequence

from sqlalchemy import literal_column, select

from postroom.model.audit import Deed
from postroom.model.ids import AccountId
from postroom.store import audit, counters
from postroom.store.commands import Steps, many
from postroom.store.statements import Row, Statement, arg, insertion
from postroom.store.tables import account, extension, mailbox, membership, number

_ACCOUNT = ("name", "main_number", "settings", "created_ms")
_EXTENSION = (
    "id",
    "number",
    "type",
    "status",
    "first_name",
    "last_name",
    "email",
    "administrator",
    "denied",
    "deleted",
    "created_ms",
)
_MEMBERSHIP = ("department_id", "extension_id", "role", "present")
_NUMBER = ("id", "msisdn", "usage", "owner_id")

ACCOUNT = Statement(
    select(*(account.c[name] for name in _ACCOUNT)).where(account.c.id == arg("account_id"))
)
EXTENSIONS = Statement(
    select(*(extension.c[name] for name in _EXTENSION))
    .where(extension.c.account_id == arg("account_id"))
    .order_by(extension.c.id)
)
MEMBERSHIPS = Statement(
    select(*(membership.c[name] for name in _MEMBERSHIP))
    .where(membership.c.account_id == arg("account_id"))
    .order_by(membership.c.department_id, membership.c.extension_id, membership.c.role)
)
NUMBERS = Statement(
    select(*(number.c[name] for name in _NUMBER))
    .where(number.c.account_id == arg("account_id"), number.c.deleted == literal_column("0"))
    .order_by(number.c.id)
)

ADD_ACCOUNT = insertion(account, ["id", *_ACCOUNT])
ADD_EXTENSIONS = insertion(extension, ["account_id", "version", *_EXTENSION])
ADD_MAILBOXES = insertion(mailbox, ["account_id", "extension_id", "counters"])
ADD_MEMBERSHIPS = insertion(membership, ["account_id", "version", *_MEMBERSHIP])
ADD_NUMBERS = insertion(number, ["account_id", "version", *_NUMBER])
FIRST = 1
"""The version of a directory that was never changed."""


def write(
    account_id: AccountId,
    of_account: Row,
    extensions: Sequence[Row],
    memberships: Sequence[Row],
    numbers: Sequence[Row],
    deeds: Sequence[Deed],
) -> Steps[None]:
    """Make an account with all that belongs to it, rows in the order in which they are read.

    `deeds` tell of it in the audit log.
    """
    yield from many(ADD_ACCOUNT, [(account_id, *of_account)])
    yield from many(ADD_EXTENSIONS, [(account_id, FIRST, *row) for row in extensions])
    yield from many(ADD_MAILBOXES, [(account_id, row[0], counters.EMPTY) for row in extensions])
    yield from many(ADD_MEMBERSHIPS, [(account_id, FIRST, *row) for row in memberships])
    yield from many(ADD_NUMBERS, [(account_id, FIRST, *row) for row in numbers])
    yield from audit.append(deeds)
