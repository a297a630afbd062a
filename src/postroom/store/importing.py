"""Laying messages of an export into a mailbox: those whose id is not there yet.

Each comes with its change row, the counters and its conversation in one transaction, as a filing
does; nothing is sent, and what is there stays as it is.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, case, or_, select

from postroom.model.errors import InvalidReference
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.message import Message
from postroom.store import codes, counters
from postroom.store.batch_page import Box
from postroom.store.batch_statements import (
    INBOUND_CODE,
    INSERT_CHANGES,
    INSERT_MESSAGES,
    LOCK_MAILBOXES,
    RAISE_MAILBOXES,
    UNREAD_CODE,
    message_row,
)
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many, one, together
from postroom.store.statements import Bulk, Row, Source, Statement, among, arg, insertion
from postroom.store.tables import conversation, message, participant

IDENTITY = Statement(
    select(message.c.id, message.c.type, message.c.direction, message.c.created_ms).where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        among(message.c.id, "ids"),
    )
)
ADD_CONVERSATIONS = insertion(conversation, ignore=True)
ADD_PARTICIPANTS = insertion(participant, ignore=True)
_COLUMNS = [column.name for column in message.columns]
_CHANGED, _UNCERTAIN = _COLUMNS.index("changed_ms"), _COLUMNS.index("uncertain")


def _add_talks(v: Source, insert: Any) -> Any:
    """Add to a conversation's counts; its newest message stays where that is newer."""
    names = [column.name for column in conversation.columns]
    statement = insert(conversation)
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, v.all(), strict=True)))
    else:
        statement = statement.from_select(names, select(*v.all()))
    new, old = statement.excluded, conversation.c
    is_newer = or_(
        new.newest_ms > old.newest_ms,
        and_(new.newest_ms == old.newest_ms, new.newest_id > old.newest_id),
    )
    return statement.on_conflict_do_update(
        index_elements=["account_id", "extension_id", "id"],
        set_={
            "alive": old.alive + new.alive,
            "unread": old.unread + new.unread,
            "newest_ms": case((is_newer, new.newest_ms), else_=old.newest_ms),
            "newest_id": case((is_newer, new.newest_id), else_=old.newest_id),
        },
    )


ADD_TALKS = Bulk({c.name: c.type for c in conversation.columns}, _add_talks)


class Import(NamedTuple):
    """A message to be laid into a mailbox, with what only the store knows of it."""

    message: Message
    changed_ms: int
    uncertain: bool


class Identity(NamedTuple):
    """What never changes of a message: enough to tell another one with the same id."""

    type: int
    direction: int
    created_ms: int


def identity(message: Message) -> Identity:
    """The identity of a message, in the store's codes."""
    return Identity(
        codes.TYPE[message.type], codes.DIRECTION[message.direction], message.created_ms
    )


def lay(
    account_id: AccountId, owner: ExtensionId, new: Sequence[Import], now_ms: int
) -> Steps[list[int]]:
    """Lay messages into a mailbox; the ids of those that were not there.

    Raises `InvalidReference` when there is no such mailbox.
    """
    locked = yield from many(LOCK_MAILBOXES, [(account_id, owner)])
    if not locked:
        raise InvalidReference("extensionId")
    ids = [one_.message.id for one_ in new]
    there = yield from one(IDENTITY, account_id=account_id, extension_id=owner, ids=ids)
    known = {row[0] for row in there}
    box = Box(locked[0][2], counters.unpack(locked[0][3]))
    missing = {one_.message.id: one_ for one_ in new if one_.message.id not in known}
    if not missing:
        return []
    rows, changes = [], []
    talks: dict[int, list[int]] = {}
    for one_ in missing.values():
        number = box.next()
        state = _codes(one_.message)
        box.counters[counters.place(*state)] += 1
        rows.append(_row(one_, state, number))
        created = ChangeKind.CREATED.value
        changes.append((account_id, owner, number, created, one_.message.id, now_ms))
        _count(one_.message, state, talks)
    yield from together(
        (INSERT_MESSAGES, rows),
        (INSERT_CHANGES, changes),
        (ADD_TALKS, [(account_id, owner, id, 1, None, *talk, 0) for id, talk in talks.items()]),
        (RAISE_MAILBOXES, [(account_id, owner, box.number, box.counters.tobytes())]),
    )
    return list(missing)


def _codes(message: Message) -> tuple[int, int, int, int]:
    return (
        codes.TYPE[message.type],
        codes.DIRECTION[message.direction],
        codes.READ_STATUS[message.read_status],
        codes.AVAILABILITY[message.availability],
    )


def _row(new: Import, state: tuple[int, int, int, int], number: int) -> Row:
    row = list(message_row(new.message, state, number))
    row[_CHANGED], row[_UNCERTAIN] = new.changed_ms, int(new.uncertain)
    return tuple(row)


def _count(message: Message, state: tuple[int, int, int, int], talks: dict[int, list[int]]) -> None:
    if message.conversation_id is None:
        return
    talk = talks.setdefault(message.conversation_id, [0, 0, 0, 0])
    alive = int(state[3] == 0)
    talk[0] += alive
    talk[1] += int(alive and state[1] == INBOUND_CODE and state[2] == UNREAD_CODE)
    talk[2:] = max(talk[2:], [message.created_ms, message.id])


class Reach(NamedTuple):
    """A pager conversation of a mailbox, how its owner takes part, and one of its participants."""

    conversation_id: int
    explicit: bool
    department_id: int | None
    participant: int
    present: bool


def join(account_id: AccountId, owner: ExtensionId, reaches: Sequence[Reach]) -> Steps[None]:
    """Have pager conversations with their participants, where they are not there yet.

    Raises `InvalidReference` when there is no such mailbox.
    """
    if not (yield from many(LOCK_MAILBOXES, [(account_id, owner)])):
        raise InvalidReference("extensionId")
    talks = {
        r.conversation_id: (account_id, owner, r.conversation_id, int(r.explicit), r.department_id)
        for r in reaches
    }
    yield from many(
        ADD_CONVERSATIONS, [(*talk, 0, 0, 0, 0, 0) for _, talk in sorted(talks.items())]
    )
    participants = {(account_id, r.conversation_id, r.participant): r.present for r in reaches}
    yield from many(
        ADD_PARTICIPANTS, [(*key, int(present)) for key, present in sorted(participants.items())]
    )
