"""Reading pages of a mailbox: its head, then rows in order, with any of the filters.

One statement is compiled for each shape of a list, at its first use.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from postroom.model.ids import ConversationId
from postroom.store.commands import Rows
from postroom.store.messages import COLUMNS, VERSIONS, Versions
from postroom.store.shapes import Shape, branches, matching
from postroom.store.statements import Statement, among, arg, not_among
from postroom.store.tables import account, conversation, mailbox, message, participant

# -- the head of a list --------------------------------------------------------------------------


def _shut(*through: ColumnElement[bool]) -> Select[Any]:
    """Ids of conversations that the owner takes part in through departments only, and no longer.

    Ids alone, for then the index of such conversations has all that is asked: where more is,
    SQLite walks through all conversations of the mailbox instead.
    """
    return select(conversation.c.id).where(
        conversation.c.account_id == arg("account_id"),
        conversation.c.extension_id == arg("extension_id"),
        conversation.c.explicit == literal_column("0"),
        *through,
        ~exists().where(
            participant.c.account_id == conversation.c.account_id,
            participant.c.conversation_id == conversation.c.id,
            participant.c.present == literal_column("1"),
            among(participant.c.extension_id, "circles"),
        ),
    )


_shut_ids = union_all(
    _shut(conversation.c.department_id.is_(None)),
    _shut(among(conversation.c.department_id, "former")),
).subquery("shut")
_closed = (
    select(conversation.c.id, conversation.c.alive, conversation.c.unread)
    .where(
        conversation.c.account_id == arg("account_id"),
        conversation.c.extension_id == arg("extension_id"),
        conversation.c.id.in_(select(_shut_ids.c.id)),
    )
    .subquery("closed")
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
        *_closed.c,
    )
    .select_from(
        account.join(
            mailbox,
            and_(
                mailbox.c.account_id == account.c.id,
                mailbox.c.extension_id == arg("extension_id"),
            ),
        ).outerjoin(_closed, true())
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


def _ordered(shape: Shape, created_ms: Any, id: Any) -> list[Any]:
    return [created_ms, id] if shape.ascending else [created_ms.desc(), id.desc()]


def _nearest(shape: Shape, branch: Any, number: int) -> Any:
    """The places of one branch, no more than the page can need: every planner takes the index."""
    nearest = (
        select(message.c.created_ms, message.c.id)
        .where(*branch, *matching(shape))
        .order_by(*_ordered(shape, message.c.created_ms, message.c.id))
        .limit(arg("limit") + arg("offset"))
        .subquery(f"branch_{number}")
    )
    return select(nearest.c.created_ms, nearest.c.id)


def _page(shape: Shape) -> Any:
    if len(branches(shape)) == 1:
        return (
            select(*COLUMNS)
            .where(*branches(shape)[0], *matching(shape))
            .order_by(*_ordered(shape, message.c.created_ms, message.c.id))
            .limit(arg("limit"))
            .offset(arg("offset"))
            .subquery("page")
        )
    places = union_all(
        *(_nearest(shape, branch, number) for number, branch in enumerate(branches(shape)))
    )
    chosen = (
        places.order_by(*_ordered(shape, places.selected_columns[0], places.selected_columns[1]))
        .limit(arg("limit"))
        .offset(arg("offset"))
        .subquery("chosen")
    )
    return select(*COLUMNS).where(*_of(chosen)).subquery("page")


def _of(chosen: Any) -> tuple[ColumnElement[bool], ...]:
    """The messages with those ids; by a join SQLite would begin at the wrong end."""
    return (
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        message.c.id.in_(select(chosen.c.id)),
    )


@lru_cache(maxsize=512)
def page_statement(shape: Shape) -> Statement:
    """A page: versions and change number first, then the columns of a message, in the order."""
    return with_versions(_page(shape))


def with_versions(page: Any) -> Statement:
    """The rows of a subquery `page`, behind versions and change number; one row without any."""
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


def _in_order(matches: Any) -> Any:
    """The same in the order of time: without it SQLite would walk through the whole mailbox."""
    order = (message.c.created_ms.desc(), message.c.id.desc())
    some = matches.order_by(*order).limit(arg("limit")).subquery()
    return select(some.c.conversation_id)


@lru_cache(maxsize=512)
def count_statement(shape: Shape) -> Statement:
    """How many messages match, counted no further than `limit`, and how many conversations."""
    selects = [
        select(message.c.conversation_id).where(*branch, *matching(shape._replace(distinct=False)))
        for branch in branches(shape)
    ]
    if shape.conversation or shape.talks or shape.stations or shape.phone:
        selects = [_in_order(one) for one in selects]
    some = (selects[0] if len(selects) == 1 else union_all(*selects)).limit(arg("limit"))
    matches = some.subquery("matches")
    one = matches.c.conversation_id
    talks = func.count(one.distinct()) + func.count() - func.count(one)
    shown = talks if shape.distinct else func.count()
    return Statement(select(func.count(), shown).select_from(matches))


@lru_cache(maxsize=64)
def ids_statement(shape: Shape) -> Statement:
    """The ids of the next messages that match, by id, beginning behind `behind`."""
    return Statement(
        select(message.c.id)
        .where(*matching(shape), message.c.id > arg("behind"))
        .order_by(message.c.id)
        .limit(arg("limit"))
    )


# -- the newest of each conversation --------------------------------------------------------------

_mine = (
    conversation.c.account_id == arg("account_id"),
    conversation.c.extension_id == arg("extension_id"),
    conversation.c.alive > literal_column("0"),
    not_among(conversation.c.id, "closed"),
)
COUNT_TALKS = Statement(
    select(func.count()).select_from(
        select(conversation.c.id).where(*_mine).limit(arg("limit")).subquery()
    )
)


def _newest_of_each() -> Any:
    """Ids of the newest Alive message of each conversation, and of those without any."""
    m = message.alias("newest")
    alive = (
        m.c.account_id == arg("account_id"),
        m.c.extension_id == arg("extension_id"),
        m.c.availability == literal_column("0"),
    )
    newest = (
        select(m.c.id)
        .where(*alive, m.c.conversation_id == conversation.c.id)
        .order_by(m.c.created_ms.desc(), m.c.id.desc())
        .limit(literal_column("1"))
        .correlate(conversation)
        .scalar_subquery()
    )
    alone = select(m.c.id).where(*alive, m.c.conversation_id.is_(None))
    return union_all(select(newest.label("id")).where(*_mine), alone).subquery("each")


def _talks() -> Any:
    each = _newest_of_each()
    return (
        select(*COLUMNS)
        .where(*_of(each))
        .order_by(message.c.created_ms.desc(), message.c.id.desc())
        .limit(arg("limit"))
        .offset(arg("offset"))
        .subquery("page")
    )


TALKS = with_versions(_talks())
