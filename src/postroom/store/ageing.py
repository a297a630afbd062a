"""Finding what is due: by indexes that begin with the account, a bounded number at a time.

Every selection goes on behind the last row that was seen, so that a message which may not take the
step holds up nobody.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    SmallInteger,
    exists,
    literal_column,
    select,
    tuple_,
    update,
)

from postroom.model.ids import AccountId, ExtensionId
from postroom.model.keeping import Keeping
from postroom.model.message import Availability, MessageStatus
from postroom.store import codes, quota
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.statements import Statement, among, arg
from postroom.store.tables import account, erasure, mailbox, message

_RESTING = {
    Availability.ALIVE: "availability = 0 AND type > 1",
    Availability.DELETED: "availability > 0 AND availability = 1",
    Availability.PURGED: "availability > 0 AND availability = 2",
}
"""Spelled as the partial indexes are, so that they serve."""


def _since(availability: Availability) -> Any:
    """Since when the first of an account's messages has been there."""
    return (
        select(message.c.changed_ms)
        .where(
            message.c.account_id == account.c.id,
            literal_column(_RESTING[availability], Boolean()),
        )
        .order_by(message.c.changed_ms)
        .limit(literal_column("1"))
        .correlate(account)
        .scalar_subquery()
    )


_FREE = mailbox.c.held == literal_column("0")
"""No legal hold is on the mailbox: under one nothing ages and nothing makes room."""

_ACCOUNTS = select(
    account.c.id,
    account.c.directory_version,
    account.c.settings,
    *(_since(availability) for availability in Availability),
    exists().where(mailbox.c.account_id == account.c.id, _FREE).correlate(account),
    exists()
    .where(mailbox.c.account_id == account.c.id, mailbox.c.over_quota == literal_column("1"), _FREE)
    .correlate(account),
    exists().where(erasure.c.account_id == account.c.id).correlate(account),
)
ACCOUNTS = Statement(
    _ACCOUNTS.where(account.c.id > arg("behind")).order_by(account.c.id).limit(arg("limit"))
)
ACCOUNT = Statement(_ACCOUNTS.where(account.c.id == arg("account_id")))
"""An account, and what of it may be due: a few looks into indexes, whatever it holds."""

_ORDER = (message.c.changed_ms, message.c.extension_id, message.c.id)


def _resting(availability: Availability) -> tuple[ColumnElement[bool], ...]:
    """An account's messages in one availability, without those held; Alive ones of ageing types."""
    resting = literal_column(_RESTING[availability], Boolean())
    typed: list[ColumnElement[bool]] = []
    if availability is Availability.ALIVE:
        typed = [among(message.c.type, "types")]
    if availability is Availability.PURGED:  # what is on its way is not forgotten: see `judgement`
        typed = [message.c.status != literal_column(str(codes.STATUS[MessageStatus.QUEUED]))]
    held = exists().where(
        mailbox.c.account_id == message.c.account_id,
        mailbox.c.extension_id == message.c.extension_id,
        ~_FREE,
    )
    return (message.c.account_id == arg("account_id"), resting, ~held, *typed)


def _due(availability: Availability) -> Statement:
    return Statement(
        select(*_ORDER)
        .where(
            *_resting(availability),
            message.c.changed_ms <= arg("before"),
            tuple_(*_ORDER) > tuple_(arg("after_ms"), arg("after_extension"), arg("after_id")),
        )
        .order_by(*_ORDER)
        .limit(arg("limit"))
    )


DUE = {availability: _due(availability) for availability in Availability}
"""Changed when, whose and which: messages that have been where they are since `before`."""

# -- quota ---------------------------------------------------------------------------------------

FULL = Statement(
    select(mailbox.c.extension_id, mailbox.c.counters)
    .where(
        mailbox.c.account_id == arg("account_id"),
        mailbox.c.over_quota == literal_column("1"),
        _FREE,
        mailbox.c.extension_id > arg("behind"),
    )
    .order_by(mailbox.c.extension_id)
    .limit(arg("limit"))
)
MAILBOXES = Statement(
    select(mailbox.c.extension_id, mailbox.c.counters)
    .where(
        mailbox.c.account_id == arg("account_id"),
        _FREE,
        mailbox.c.extension_id > arg("behind"),
    )
    .order_by(mailbox.c.extension_id)
    .limit(arg("limit"))
)


def _oldest(availability: Availability) -> Statement:
    order = (message.c.created_ms, message.c.id)
    code = codes.AVAILABILITY[availability]
    there = f"availability = {code}" if code == 0 else f"availability > 0 AND availability = {code}"
    return Statement(
        select(*order)
        .where(
            message.c.account_id == arg("account_id"),
            message.c.extension_id == arg("extension_id"),
            literal_column(there, Boolean()),
            among(message.c.type, "types"),
            among(message.c.direction, "directions"),
            among(message.c.read_status, "read_states"),
            tuple_(*order) > tuple_(arg("after_ms"), arg("after_id")),
        )
        .order_by(*order)
        .limit(arg("limit"))
    )


OLDEST = {availability: _oldest(availability) for availability in Availability}
_CLEAR = Statement(
    update(mailbox)
    .values(over_quota=arg("over", SmallInteger()))
    .where(
        mailbox.c.account_id == arg("account_id"),
        mailbox.c.extension_id == arg("extension_id"),
    )
)


def weigh(account_id: AccountId, extension_id: ExtensionId, keeping: Keeping) -> Steps[bool]:
    """Take the mark off a mailbox that has room again; whether it is still too full."""
    rows = yield from many(LOCK_MAILBOXES, [(account_id, extension_id)])
    over = any(quota.excess(row[3], keeping) for row in rows)
    if not over:
        yield from one(_CLEAR, account_id=account_id, extension_id=extension_id, over=0)
    return over
