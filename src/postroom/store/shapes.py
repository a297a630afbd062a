"""The filters of a list as conditions: a shape says which of them there are."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Text, exists, literal_column, or_, tuple_

from postroom.store.searching import Hits, Holds
from postroom.store.statements import among, arg, not_among
from postroom.store.tables import message


class Shape(NamedTuple):
    """Which filters a list has: one compiled statement per shape.

    `kinds` is how many exact kinds (type, direction, read status, availability) are merged, each in
    its own order, instead of being filtered, and `talks` how many conversations.  With `stations`,
    which wants `date_from`, what is not Alive is merged with what is (`alive_too`).  `hits` are few
    messages that the words' index finds, `holds` asks each message for its words.
    """

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
    kinds: int = 0
    conversation: bool = False
    talks: int = 0
    stations: bool = False
    alive_too: bool = False
    hits: bool = False
    holds: bool = False
    unpurged: bool = False


KIND = ("type", "direction", "read_status", "availability")


def kind_arguments(kinds: Sequence[tuple[int, int, int, int]]) -> dict[str, int]:
    """The arguments of a shape with so many kinds."""
    return {
        f"{name}_{place}": code
        for place, kind in enumerate(kinds)
        for name, code in zip(KIND, kind, strict=True)
    }


def talk_arguments(conversations: Sequence[int]) -> dict[str, int]:
    """The arguments of a shape with so many conversations."""
    return {f"conversation_{place}": id for place, id in enumerate(conversations)}


def _available(shape: Shape, m: Any) -> ColumnElement[bool]:
    """`+ 0` keeps the planner from the index in the order of time where another one is better.

    Given dates it would take it, and walk through all that came between them.
    """
    if not shape.alive_only:
        return among(m.c.availability, "availabilities")
    another = shape.hits or shape.conversation or shape.talks or shape.phone
    column = m.c.availability + literal_column("0") if another else m.c.availability
    return cast(ColumnElement[bool], column == literal_column("0"))


def _filters(shape: Shape, m: Any) -> list[ColumnElement[bool]]:
    """The conditions of a shape on a message table or an alias of it."""
    conditions: list[ColumnElement[bool]] = [
        m.c.account_id == arg("account_id"),
        m.c.extension_id == arg("extension_id"),
    ]
    if not (shape.kinds or shape.stations):
        conditions.append(_available(shape, m))
    optional = (
        (shape.types and not shape.kinds, among(m.c.type, "types")),
        (shape.directions and not shape.kinds, among(m.c.direction, "directions")),
        (shape.read_states and not shape.kinds, among(m.c.read_status, "read_states")),
        (shape.conversations, among(m.c.conversation_id, "conversations")),
        (shape.conversation, m.c.conversation_id == arg("conversation")),
        (shape.date_from, m.c.created_ms >= arg("date_from")),
        (shape.date_to, m.c.created_ms <= arg("date_to")),
        (
            shape.closed,
            or_(m.c.conversation_id.is_(None), not_among(m.c.conversation_id, "closed")),
        ),
        (shape.unpurged, m.c.availability < literal_column("2")),
        (shape.hits, Hits(m.c.id)),
        (shape.holds, Holds(m.c.id)),
    )
    return conditions + [condition for wanted, condition in optional if wanted]


def _either_side(m: Any) -> ColumnElement[bool]:
    return or_(m.c.own == arg("phone", Text()), m.c.peer == arg("phone", Text()))


def _is_newest(shape: Shape) -> ColumnElement[bool]:
    """No later message of the same conversation matches as well."""
    later = message.alias("later")
    return or_(
        message.c.conversation_id.is_(None),
        ~exists().where(
            *_filters(shape._replace(kinds=0, stations=False), later),
            *([_either_side(later)] if shape.phone else []),
            later.c.conversation_id == message.c.conversation_id,
            tuple_(later.c.created_ms, later.c.id) > tuple_(message.c.created_ms, message.c.id),
        ),
    )


def matching(shape: Shape) -> list[ColumnElement[bool]]:
    """What holds in every branch."""
    conditions = _filters(shape, message)
    if shape.phone and shape.hits:
        conditions.append(_either_side(message))
    if shape.distinct:
        conditions.append(_is_newest(shape))
    if shape.after:
        conditions.append(
            tuple_(message.c.created_ms, message.c.id) < tuple_(arg("after_ms"), arg("after_id"))
        )
    return conditions


def _gone() -> list[ColumnElement[bool]]:
    """Spelled as the partial index is; `+ 0` keeps the planner from the one of the sweeper."""
    code = message.c.availability + literal_column("0")
    return [message.c.availability > literal_column("0"), among(code, "availabilities")]


def branches(shape: Shape) -> list[list[ColumnElement[bool]]]:
    """Conditions that exclude one another: each finds its messages in the order of an index."""
    if shape.kinds:
        return [
            [message.c[name] == arg(f"{name}_{place}") for name in KIND]
            for place in range(shape.kinds)
        ]
    if shape.stations:
        alive = [message.c.availability == literal_column("0")]
        return [*([alive] if shape.alive_too else []), _gone()]
    if shape.talks:
        return [
            [message.c.conversation_id == arg(f"conversation_{place}")]
            for place in range(shape.talks)
        ]
    if shape.phone and not shape.hits:
        phone = arg("phone", Text())
        other = or_(message.c.own.is_(None), message.c.own != phone)
        return [[message.c.own == phone], [message.c.peer == phone, other]]
    return [[]]
