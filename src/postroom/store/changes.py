"""Reading what has changed in a mailbox since one of its change numbers.

Source: write-path.md, one counter per mailbox orders everything.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, exists, literal_column, or_, select, true

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.message import Message
from postroom.store.codes import ChangeKind
from postroom.store.commands import Rows, Steps, one
from postroom.store.messages import COLUMNS, IS_OPEN, VERSIONS, Found, Versions, to_message
from postroom.store.statements import Statement, among, arg
from postroom.store.tables import account, change, conversation, mailbox, message, participant

LATEST = 2**63 - 1
FEW, MOST = 100, 5000
"""How many changes are read at once: the few of a client that is nearly up to date, or the most."""

OF_MESSAGES = (ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.FORGOTTEN)
OF_MEMBERSHIP = (ChangeKind.JOINED, ChangeKind.LEFT)
UNTOLD = (*OF_MEMBERSHIP, ChangeKind.FORGOTTEN)
"""Changes that have no message to show."""

_home = and_(mailbox.c.account_id == account.c.id, mailbox.c.extension_id == arg("extension_id"))
_talk = and_(
    conversation.c.account_id == message.c.account_id,
    conversation.c.extension_id == message.c.extension_id,
    conversation.c.id == message.c.conversation_id,
)


def _some(limit: int) -> Subquery:
    """The first changes behind a number.

    The limit is part of the text, so that PostgreSQL plans for few rows.
    """
    return (
        select(change.c.number, change.c.kind, change.c.subject_id)
        .where(
            change.c.account_id == arg("account_id"),
            change.c.extension_id == arg("extension_id"),
            change.c.number > arg("after"),
            change.c.number <= arg("until"),
        )
        .order_by(change.c.number)
        .limit(literal_column(str(limit + 1)))
        .subquery("some")
    )


_few, _most = _some(FEW), _some(MOST)
_HEAD = (*VERSIONS, mailbox.c.change_number, mailbox.c.trimmed_number)
_MESSAGE = (IS_OPEN.label("is_open"), conversation.c.reached_id, *COLUMNS)
_kinds: list[ColumnElement[int]] = [literal_column(str(kind.value)) for kind in OF_MESSAGES]

A_FEW_CHANGES = Statement(
    select(*_HEAD, *_few.c, *_MESSAGE)
    .select_from(
        account.join(mailbox, _home)
        .outerjoin(_few, true())
        .outerjoin(
            message,
            and_(
                message.c.account_id == account.c.id,
                message.c.extension_id == arg("extension_id"),
                message.c.id == _few.c.subject_id,
                _few.c.kind.in_(_kinds),
            ),
        )
        .outerjoin(conversation, _talk)
    )
    .where(account.c.id == arg("account_id"))
    .order_by(_few.c.number)
)
"""Versions and numbers of the mailbox, then each change with its message as it is now."""

MOST_CHANGES = Statement(
    select(*_HEAD, *_most.c)
    .select_from(account.join(mailbox, _home).outerjoin(_most, true()))
    .where(account.c.id == arg("account_id"))
    .order_by(_most.c.number)
)
MESSAGES = Statement(
    select(*_MESSAGE)
    .select_from(message.outerjoin(conversation, _talk))
    .where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        among(message.c.id, "ids"),
    )
)
"""The same in two steps: thousands of ids are looked up by the key, whatever the planner knows."""

NOTHING = (0, None, None, None, None)


class Change(NamedTuple):
    """One row of the log; `message` is absent when it was forgotten, or none is meant.

    `reaches` tells that the message gave the owner another way into its conversation.
    """

    number: int
    kind: ChangeKind
    subject_id: int
    is_open: bool
    reaches: bool
    message: Message | None


class Log(NamedTuple):
    """What was read of a mailbox's changes, oldest first."""

    versions: Versions
    change_number: int
    trimmed_number: int
    changes: list[Change]


def log(rows: Rows) -> Log | None:
    """What the statements brought; `None` when there is no such mailbox."""
    if not rows:
        return None
    first = rows[0]
    changes = [_change(row) for row in rows if row[4] is not None]
    return Log(Versions(first[0], first[1]), first[2], first[3], changes)


def _change(row: Any) -> Change:
    kind = ChangeKind(row[5])
    found = None if row[11] is None else to_message(row[9:])
    reaches = kind is ChangeKind.CREATED and row[8] == row[6]
    return Change(row[4], kind, row[6], bool(row[7]), reaches, found)


def most(
    account_id: AccountId, owner: ExtensionId, circles: Iterable[int], after: int, until: int
) -> Steps[Log | None]:
    """The most changes that are read at once, one more than `MOST` if there are more."""
    mine = {"account_id": account_id, "extension_id": owner}
    rows = yield from one(MOST_CHANGES, **mine, after=after, until=until)
    codes = {kind.value for kind in OF_MESSAGES}
    ids = sorted({row[6] for row in rows if row[5] in codes})
    found = yield from one(MESSAGES, **mine, circles=sorted(circles), ids=ids)
    messages = {row[4]: tuple(row) for row in found}
    return log(
        [(*row, *(messages.get(row[6], NOTHING) if row[5] in codes else NOTHING)) for row in rows]
    )


# -- the number at a time ------------------------------------------------------------------------

NUMBER_BEFORE = Statement(
    select(change.c.number)
    .where(
        change.c.account_id == arg("account_id"),
        change.c.extension_id == arg("extension_id"),
        change.c.number <= arg("until"),
        change.c.at_ms < arg("at_ms"),
    )
    .order_by(change.c.number.desc())
    .limit(literal_column("1"))
)

# -- conversations that were opened or closed ----------------------------------------------------


def _through(name: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Somebody of the list takes part in the conversation."""
    return exists().where(
        participant.c.account_id == conversation.c.account_id,
        participant.c.conversation_id == conversation.c.id,
        among(participant.c.extension_id, name),
        *more,
    )


_present = participant.c.present == literal_column("1")
_taken_out = exists().where(
    participant.c.account_id == conversation.c.account_id,
    participant.c.conversation_id == conversation.c.id,
    participant.c.extension_id == conversation.c.extension_id,
    participant.c.present == literal_column("0"),
)
_moved = or_(
    among(conversation.c.id, "touched"),
    and_(
        conversation.c.explicit == literal_column("0"),
        or_(
            among(conversation.c.department_id, "touched"),
            and_(conversation.c.department_id.is_(None), _through("touched")),
        ),
        ~_through("steady", _present),
    ),
    and_(
        among(conversation.c.reached_id, "reached"),
        or_(_through("lost"), _taken_out),
    ),
)

TURNED = Statement(
    select(IS_OPEN.label("is_open"), *COLUMNS)
    .select_from(conversation.join(message, _talk))
    .where(
        conversation.c.account_id == arg("account_id"),
        conversation.c.extension_id == arg("extension_id"),
        _moved,
        message.c.availability == literal_column("0"),
        message.c.id > arg("behind"),
        among(message.c.type, "types"),
        among(message.c.direction, "directions"),
        message.c.created_ms >= arg("date_from"),
        message.c.created_ms <= arg("date_to"),
        or_(
            arg("any_conversation") == literal_column("1"),
            among(message.c.conversation_id, "conversations"),
        ),
    )
    .order_by(message.c.id)
    .limit(literal_column(str(MOST + 1)))
)
"""The messages, by id, of conversations that may have been opened to the owner, or closed.

`touched` are departments and conversations whose membership changed, `steady` the departments of
now that did not, `reached` messages that widened his reach, `lost` departments that he ever left.
"""


def turned(rows: Rows) -> dict[MessageId, Found]:
    """What `TURNED` brought."""
    return {row[3]: Found(to_message(row[1:]), bool(row[0])) for row in rows}
