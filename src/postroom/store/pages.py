"""Reading pages of a mailbox: its head, then rows in order, with any of the filters.

One statement is compiled for each shape of a list, at its first use.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from postroom.model.ids import ConversationId
from postroom.store.commands import Rows
from postroom.store.messages import COLUMNS, VERSIONS, Versions
from postroom.store.statements import Statement, among, arg, not_among
from postroom.store.tables import account, conversation, mailbox, message, participant

# -- the head of a list --------------------------------------------------------------------------

_shut = and_(
    conversation.c.account_id == account.c.id,
    conversation.c.extension_id == arg("extension_id"),
    conversation.c.explicit == literal_column("0"),
    or_(conversation.c.department_id.is_(None), among(conversation.c.department_id, "former")),
    ~exists().where(
        participant.c.account_id == conversation.c.account_id,
        participant.c.conversation_id == conversation.c.id,
        participant.c.present == literal_column("1"),
        among(participant.c.extension_id, "circles"),
    ),
)
_oldest = (
    select(message.c.created_ms)
    .where(
        message.c.account_id == account.c.id,
        message.c.extension_id == arg("extension_id"),
        message.c.availability == literal_column("0"),
    )
    .order_by(message.c.created_ms)
    .limit(literal_column("1"))
    .correlate(account)
    .scalar_subquery()
)
HEAD = Statement(
    select(
        *VERSIONS,
        mailbox.c.change_number,
        mailbox.c.counters,
        _oldest.label("oldest"),
        conversation.c.id,
        conversation.c.alive,
        conversation.c.unread,
    )
    .select_from(
        account.join(
            mailbox,
            and_(
                mailbox.c.account_id == account.c.id,
                mailbox.c.extension_id == arg("extension_id"),
            ),
        ).outerjoin(conversation, _shut)
    )
    .where(account.c.id == arg("account_id"))
)


class Closed(NamedTuple):
    """A conversation that the owner can no longer read, and what it adds to the counters."""

    id: ConversationId
    alive: int
    unread: int


class Head(NamedTuple):
    """What is known of a mailbox before a page of it is read."""

    versions: Versions
    change_number: int
    counters: bytes
    oldest_ms: int | None
    closed: tuple[Closed, ...]


def head(rows: Rows) -> Head | None:
    """What `HEAD` brought; `None` when there is no such mailbox."""
    if not rows:
        return None
    first = rows[0]
    closed = tuple(Closed(*row[5:8]) for row in rows if row[5] is not None)
    return Head(Versions(first[0], first[1]), first[2], first[3], first[4], closed)


# -- a page --------------------------------------------------------------------------------------


class Shape(NamedTuple):
    """Which filters a list has: one compiled statement per shape."""

    alive_only: bool
    types: bool = False
    directions: bool = False
    read_states: bool = False
    conversations: bool = False
    date_from: bool = False
    date_to: bool = False
    phone: bool = False
    distinct: bool = False
    closed: bool = False
    after: bool = False
    ascending: bool = False


def _filters(shape: Shape, m: Any) -> list[ColumnElement[bool]]:
    """The conditions of a shape on a message table or an alias of it."""
    conditions: list[ColumnElement[bool]] = [
        m.c.account_id == arg("account_id"),
        m.c.extension_id == arg("extension_id"),
        m.c.availability == literal_column("0")
        if shape.alive_only
        else among(m.c.availability, "availabilities"),
    ]
    optional = (
        (shape.types, among(m.c.type, "types")),
        (shape.directions, among(m.c.direction, "directions")),
        (shape.read_states, among(m.c.read_status, "read_states")),
        (shape.conversations, among(m.c.conversation_id, "conversations")),
        (shape.date_from, m.c.created_ms >= arg("date_from")),
        (shape.date_to, m.c.created_ms <= arg("date_to")),
        (
            shape.phone,
            or_(m.c.own == arg("phone", Text()), m.c.peer == arg("phone", Text())),
        ),
        (
            shape.closed,
            or_(m.c.conversation_id.is_(None), not_among(m.c.conversation_id, "closed")),
        ),
    )
    return conditions + [condition for wanted, condition in optional if wanted]


def _is_newest(shape: Shape) -> ColumnElement[bool]:
    """No later message of the same conversation matches as well."""
    later = message.alias("later")
    return or_(
        message.c.conversation_id.is_(None),
        ~exists().where(
            *_filters(shape, later),
            later.c.conversation_id == message.c.conversation_id,
            tuple_(later.c.created_ms, later.c.id) > tuple_(message.c.created_ms, message.c.id),
        ),
    )


def _matching(shape: Shape) -> list[ColumnElement[bool]]:
    conditions = _filters(shape, message)
    if shape.distinct:
        conditions.append(_is_newest(shape))
    if shape.after:
        conditions.append(
            tuple_(message.c.created_ms, message.c.id) < tuple_(arg("after_ms"), arg("after_id"))
        )
    return conditions


@lru_cache(maxsize=512)
def page_statement(shape: Shape) -> Statement:
    """A page: versions and change number first, then the columns of a message, in the order."""
    order = (message.c.created_ms, message.c.id)
    page = (
        select(*COLUMNS)
        .where(*_matching(shape))
        .order_by(*(order if shape.ascending else [column.desc() for column in order]))
        .limit(arg("limit"))
        .offset(arg("offset"))
        .subquery("page")
    )
    return Statement(
        select(*VERSIONS, mailbox.c.change_number, *page.c)
        .select_from(
            account.join(
                mailbox,
                and_(
                    mailbox.c.account_id == account.c.id,
                    mailbox.c.extension_id == arg("extension_id"),
                ),
            ).outerjoin(page, true())
        )
        .where(account.c.id == arg("account_id"))
        .order_by(page.c.created_ms.desc(), page.c.id.desc())
    )


@lru_cache(maxsize=512)
def count_statement(shape: Shape) -> Statement:
    """How many messages match, counted no further than `limit`."""
    some = select(message.c.id).where(*_matching(shape)).limit(arg("limit")).subquery()
    return Statement(select(func.count()).select_from(some))


@lru_cache(maxsize=64)
def ids_statement(shape: Shape) -> Statement:
    """The ids of the next messages that match, by id, beginning behind `behind`."""
    return Statement(
        select(message.c.id)
        .where(*_matching(shape), message.c.id > arg("behind"))
        .order_by(message.c.id)
        .limit(arg("limit"))
    )
