"""Walking through a whole mailbox, oldest first, page by page from where the last one ended.

The creation time never changes, so a message that is deleted or restored meanwhile keeps its place:
each is met once.  Both partial indexes are read in one statement, which is one snapshot.
"""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, select, tuple_, union_all

from postroom.store.messages import COLUMNS
from postroom.store.statements import Statement, among, arg
from postroom.store.tables import conversation, message, participant

ENTRY = (*COLUMNS, message.c.changed_ms, message.c.uncertain)
PLACE = (message.c.created_ms, message.c.id)
ID, CREATED = COLUMNS.index(message.c.id), COLUMNS.index(message.c.created_ms)
CHANGED, UNCERTAIN = len(COLUMNS), len(COLUMNS) + 1


def _half(columns: tuple[ColumnElement[Any], ...], *conditions: ColumnElement[bool]) -> Any:
    page = (
        select(*columns)
        .where(
            message.c.account_id == arg("account_id"),
            message.c.extension_id == arg("extension_id"),
            *conditions,
            tuple_(*PLACE) > tuple_(arg("after_ms"), arg("after_id")),
            message.c.created_ms <= arg("until"),
        )
        .order_by(*PLACE)
        .limit(arg("limit"))
        .subquery()
    )
    return select(page)


def _walk(columns: tuple[ColumnElement[Any], ...], *conditions: ColumnElement[bool]) -> Statement:
    alive, gone = (
        _half(columns, condition, *conditions)
        for condition in (
            message.c.availability == literal_column("0"),
            message.c.availability > literal_column("0"),
        )
    )
    both = union_all(alive, gone).subquery()
    return Statement(select(both).order_by(both.c.created_ms, both.c.id).limit(arg("limit")))


_OF_TYPE = among(message.c.type, "types")
WALK, WALK_OF_TYPES = _walk(ENTRY), _walk(ENTRY, _OF_TYPE)
PLACES, PLACES_OF_TYPES = _walk(PLACE), _walk(PLACE, _OF_TYPE)
"""Creation time and id only, of the index: to pass by a row that cannot be read."""

ENTRY_OF = Statement(
    select(*ENTRY).where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        message.c.id == arg("id"),
    )
)

_c, _p = conversation.c, participant.c
_who = (_p.account_id == _c.account_id) & (_p.conversation_id == _c.id)
PARTICIPANTS = Statement(
    select(_c.id, _c.explicit, _c.department_id, _p.extension_id, _p.present)
    .select_from(conversation.join(participant, _who))
    .where(
        _c.account_id == arg("account_id"),
        _c.extension_id == arg("extension_id"),
        tuple_(_c.id, _p.extension_id) > tuple_(arg("after_id"), arg("after_extension")),
    )
    .order_by(_c.id, _p.extension_id)
    .limit(arg("limit"))
)
"""Who takes part in each pager conversation of a mailbox, and how its owner does."""
