"""The statements of a batch."""

from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    LargeBinary,
    SmallInteger,
    Text,
    and_,
    delete,
    literal_column,
    select,
    update,
)

from postroom.model.message import Direction, Message, ReadStatus
from postroom.store import codes
from postroom.store.idempotency import LIFE_MS
from postroom.store.judgement import State
from postroom.store.statements import Bulk, Row, Source, Statement, among, insertion
from postroom.store.tables import (
    account,
    change,
    idempotency,
    inbound_part,
    mailbox,
    message,
    outbox,
    participant,
)

INBOUND_CODE = codes.DIRECTION[Direction.INBOUND]
UNREAD_CODE = codes.READ_STATUS[ReadStatus.UNREAD]
BIG, SMALL, TEXT, BYTES = BigInteger(), SmallInteger(), Text(), LargeBinary()

VERSIONS = Statement(
    select(account.c.id, account.c.directory_version, account.c.session_version).where(
        among(account.c.id, "accounts")
    )
)


def _take_keys(v: Source, insert: Any) -> Any:
    """Insert, or take over a key that is older than its life."""
    values = ["account_id", "digest", "body", "message_id", "created_ms", "answer"]
    statement = insert(idempotency)
    sources = [getattr(v, name) for name in values]
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(values, sources, strict=True)))
    else:
        statement = statement.from_select(values, select(*sources))
    cutoff = statement.excluded.created_ms - literal_column(LIFE_MS)
    raised = {name: statement.excluded[name] for name in values[2:]}
    return statement.on_conflict_do_update(
        index_elements=["account_id", "digest"],
        set_=raised,
        where=idempotency.c.created_ms < cutoff,
    ).returning(idempotency.c.message_id)


def _lock_mailboxes(v: Source, _: Any) -> Any:
    return (
        select(
            mailbox.c.account_id,
            mailbox.c.extension_id,
            mailbox.c.change_number,
            mailbox.c.counters,
            mailbox.c.over_quota,
            mailbox.c.held,
        )
        .where(mailbox.c.account_id == v.account_id, mailbox.c.extension_id == v.extension_id)
        .order_by(mailbox.c.account_id, mailbox.c.extension_id)
        .with_for_update(of=mailbox)
    )


def _lock_boxes(v: Source, insert: Any) -> Any:
    """The same with what the account has: not locked, and as old as the beginning of the wait."""
    return (
        _lock_mailboxes(v, insert)
        .add_columns(account.c.directory_version, account.c.session_version, account.c.settings)
        .where(account.c.id == mailbox.c.account_id)
    )


_MAILBOX = {"account_id": BIG, "extension_id": BIG}
LOCK_MAILBOXES = Bulk(_MAILBOX, _lock_mailboxes)
LOCK_BOXES = Bulk(_MAILBOX, _lock_boxes)

DROP_KEYS = Bulk(
    {"account_id": BIG, "digest": BYTES},
    lambda v, _: delete(idempotency).where(
        idempotency.c.account_id == v.account_id, idempotency.c.digest == v.digest
    ),
)

_PART: dict[str, Any] = {
    "account_id": BIG,
    "carrier": TEXT,
    "sender": TEXT,
    "recipient": TEXT,
    "reference": BIG,
    "total": SMALL,
    "number": SMALL,
}


def _unused(v: Source) -> Any:
    """The part of that key, unless it is used (1): see `store.parts`."""
    part = inbound_part.c
    of_key = (part[name] == getattr(v, name) for name in _PART)
    return and_(part.used != literal_column("1"), *of_key)


UNUSED_PARTS = Bulk(
    _PART,
    lambda v, _: select(inbound_part.c.used).where(_unused(v)).with_for_update(of=inbound_part),
)
USE_PARTS = Bulk(
    _PART,
    lambda v, _: update(inbound_part).values(used=literal_column("1")).where(_unused(v)),
)

STATES = Bulk(
    {"account_id": BIG, "extension_id": BIG, "id": BIG},
    lambda v, _: select(
        message.c.account_id,
        message.c.extension_id,
        message.c.id,
        message.c.type,
        message.c.direction,
        message.c.availability,
        message.c.read_status,
        message.c.status,
        message.c.uncertain,
        message.c.conversation_id,
        message.c.subject,
        message.c.attachments,
        message.c.attempts,
        message.c.delivered_ms,
        message.c.delivery_error,
        message.c.changed_ms,
    ).where(
        message.c.account_id == v.account_id,
        message.c.extension_id == v.extension_id,
        message.c.id == v.id,
    ),
)

INSERT_MESSAGES = insertion(message)
INSERT_CHANGES = insertion(change)
INSERT_PARTICIPANTS = insertion(
    participant, ["account_id", "conversation_id", "extension_id"], ignore=True
)
INSERT_OUTBOX = insertion(
    outbox,
    [
        "account_id",
        "message_id",
        "extension_id",
        "sender",
        "recipient",
        "body",
        "accepted_ms",
        "due_ms",
    ],
)

_KEY = {"account_id": BIG, "extension_id": BIG, "id": BIG}
_MUTABLE = [
    "availability",
    "read_status",
    "status",
    "uncertain",
    "subject",
    "attachments",
    "attempts",
    "delivered_ms",
    "delivery_error",
    "changed_ms",
    "modified_ms",
    "change_number",
]


def _at(table: Any, v: Source) -> Any:
    return (
        (table.c.account_id == v.account_id)
        & (table.c.extension_id == v.extension_id)
        & (table.c.id == v.id)
    )


UPDATE_MESSAGES = Bulk(
    {**_KEY, **{name: message.c[name].type for name in _MUTABLE}},
    lambda v, _: (
        update(message).values({name: getattr(v, name) for name in _MUTABLE}).where(_at(message, v))
    ),
)

RAISE_MAILBOXES = Bulk(
    {"account_id": BIG, "extension_id": BIG, "change_number": BIG, "counters": BYTES},
    lambda v, _: (
        update(mailbox)
        .values(change_number=v.change_number, counters=v.counters)
        .where(mailbox.c.account_id == v.account_id, mailbox.c.extension_id == v.extension_id)
    ),
)


TAKE_KEYS = Bulk(
    {
        "account_id": BIG,
        "digest": BYTES,
        "body": BYTES,
        "message_id": BIG,
        "created_ms": BIG,
        "answer": BYTES,
    },
    _take_keys,
)


def message_row(m: Message, state: tuple[int, int, int, int], number: int) -> Row:
    """A message in the order of the table's columns; `state` as in `counters.place`."""
    attachments = msgspec.json.encode(m.attachments).decode() if m.attachments else None
    return (
        m.account_id,
        m.extension_id,
        m.id,
        state[0],
        state[1],
        state[3],
        state[2],
        codes.STATUS[m.status],
        m.created_ms,
        m.modified_ms,
        m.modified_ms,
        m.conversation_id,
        m.subject,
        m.sender,
        m.recipients,
        m.own,
        m.peer,
        int(m.to_department),
        m.segments,
        m.attempts,
        m.delivered_ms,
        m.delivery_error,
        0,
        attachments,
        number,
    )


def update_row(key: tuple[int, int, int], after: State, number: int, now_ms: int) -> Row:
    """The changed columns of a message, in the order of `UPDATE_MESSAGES`."""
    return (
        *key,
        after.availability,
        after.read_status,
        after.status,
        after.uncertain,
        after.subject,
        after.attachments,
        after.attempts,
        after.delivered_ms,
        after.delivery_error,
        after.changed_ms,
        now_ms,
        number,
    )
