"""What a batch writes when messages end: rows removed, objects let go, a full mailbox marked.

It runs behind the other writes of the batch, under the locks of its mailboxes.
"""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary, delete, exists, literal_column, select, update

from postroom.store.commands import Steps, many
from postroom.store.statements import Bulk, Row, Source, insertion
from postroom.store.tables import conversation, erasure, idempotency, mailbox, message, submitted

BIG = BigInteger()
_KEY = {"account_id": BIG, "extension_id": BIG, "id": BIG}


def _at(table: Any, v: Source) -> Any:
    return (
        (table.c.account_id == v.account_id)
        & (table.c.extension_id == v.extension_id)
        & (table.c.id == v.id)
    )


REMOVE = Bulk(_KEY, lambda v, _: delete(message).where(_at(message, v)))
DROP_SEGMENTS = Bulk(
    {"account_id": BIG, "id": BIG},
    lambda v, _: delete(submitted).where(
        submitted.c.account_id == v.account_id, submitted.c.message_id == v.id
    ),
)
BLANK_ANSWERS = Bulk(
    {"account_id": BIG, "id": BIG, "answer": LargeBinary()},
    lambda v, _: (
        update(idempotency)
        .values(answer=v.answer)
        .where(idempotency.c.account_id == v.account_id, idempotency.c.message_id == v.id)
    ),
)
ADD_ERASURES = insertion(erasure, ignore=True)
MARK_FULL = Bulk(
    {"account_id": BIG, "extension_id": BIG},
    lambda v, _: (
        update(mailbox)
        .values(over_quota=literal_column("1"))
        .where(mailbox.c.account_id == v.account_id, mailbox.c.extension_id == v.extension_id)
    ),
)


def _of_talk(v: Source) -> tuple[Any, ...]:
    return (
        message.c.account_id == v.account_id,
        message.c.extension_id == v.extension_id,
        message.c.conversation_id == v.id,
    )


DROP_EMPTY_TALKS = Bulk(
    _KEY,
    lambda v, _: delete(conversation).where(
        _at(conversation, v), ~exists().where(*_of_talk(v)).correlate_except(message)
    ),
)


def _newest(v: Source, column: Any) -> Any:
    return (
        select(column)
        .where(*_of_talk(v))
        .order_by(message.c.created_ms.desc(), message.c.id.desc())
        .limit(literal_column("1"))
        .offset(literal_column("0"))
        .correlate_except(message)
        .scalar_subquery()
    )


RENEW_TALKS = Bulk(
    {**_KEY, "gone": BIG},
    lambda v, _: (
        update(conversation)
        .values(newest_ms=_newest(v, message.c.created_ms), newest_id=_newest(v, message.c.id))
        .where(_at(conversation, v), conversation.c.newest_id == v.gone)
    ),
)
"""A conversation whose newest message is gone has another newest one."""


class Endings:
    """The rows that a batch collects for what ends in it."""

    __slots__ = ("erasures", "forgotten", "full", "purged", "talks")

    def __init__(self) -> None:
        self.forgotten: list[Row] = []
        self.purged: list[Row] = []
        self.erasures: list[Row] = []
        self.talks: list[Row] = []
        self.full: list[Row] = []


def end(endings: Endings) -> Steps[None]:
    """Write what was collected."""
    yield from many(ADD_ERASURES, endings.erasures)
    yield from many(BLANK_ANSWERS, [(*row, b"") for row in endings.purged])
    yield from many(MARK_FULL, endings.full)
    if not endings.forgotten:
        return
    yield from many(REMOVE, endings.forgotten)
    yield from many(DROP_SEGMENTS, [(row[0], row[2]) for row in endings.forgotten])
    yield from many(DROP_EMPTY_TALKS, sorted({row[:3] for row in endings.talks}))
    yield from many(RENEW_TALKS, endings.talks)
