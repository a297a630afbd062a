"""What a batch collects while it decides: rows for each statement, and locked mailboxes."""

from array import array
from dataclasses import dataclass, field

from postroom.model import audit as log
from postroom.model.audit import Act, Signature
from postroom.model.filing import Filing, Thread
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.keeping import Keeping
from postroom.model.marking import Marking
from postroom.model.message import Message
from postroom.store import audit, codes, counters, quota, talks
from postroom.store import batch_statements as sql
from postroom.store.codes import ChangeKind
from postroom.store.commands import One, Steps, many, together
from postroom.store.ending import Endings, end
from postroom.store.judgement import State, Verdict
from postroom.store.statements import Row

MailboxKey = tuple[AccountId, ExtensionId]
ActKey = tuple[AccountId, ExtensionId, Act, Signature]
Versions = tuple[int, int]
"""Of an account's directory, and of its sessions."""


class Outrun(Exception):
    """A directory was changed while the batch waited for its locks: it is begun again."""


@dataclass(slots=True)
class Box:
    """A locked mailbox, and what the batch has done to it."""

    number: int
    counters: "array[int]"
    over_quota: bool = False
    held: bool = False
    touched: bool = False

    def next(self) -> int:
        """The number of the next change."""
        self.number += 1
        self.touched = True
        return self.number


@dataclass(slots=True)
class Talk:
    """What the batch adds to one conversation of one mailbox."""

    explicit: int
    department_id: int | None
    alive: int = 0
    unread: int = 0
    newest_ms: int = 0
    newest_id: int = 0


@dataclass(slots=True)
class Page:
    """The rows that a batch collects, one list per statement."""

    boxes: dict[MailboxKey, Box] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    talks: dict[tuple[int, int, int], Talk] = field(default_factory=dict)
    talk_deltas: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)
    participants: set[Row] = field(default_factory=set)
    outbox: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)
    endings: Endings = field(default_factory=Endings)
    keepings: dict[AccountId, Keeping] = field(default_factory=dict)
    versions: dict[int, Versions] = field(default_factory=dict)
    """Those that the batch rests on."""
    acts: dict[ActKey, list[MessageId]] = field(default_factory=dict)


def file(filing: Filing, page: Page) -> None:
    """Collect the rows of a filing; its mailboxes are locked."""
    account_id, thread = filing.account_id, filing.thread
    for message in filing.messages:
        _add(message, page.boxes[account_id, message.extension_id], thread, page)
    if thread is not None:
        page.participants.update(
            (account_id, thread.id, extension) for extension in thread.participants
        )
    now = filing.messages[0].modified_ms if filing.messages else 0
    for dispatch in filing.dispatches:
        page.outbox.append(
            (
                account_id,
                dispatch.message_id,
                dispatch.extension_id,
                dispatch.sender,
                dispatch.recipient,
                dispatch.text,
                now,
                filing.due_ms,
            )
        )


def _add(message: Message, box: Box, thread: Thread | None, page: Page) -> None:
    number = box.next()
    state = _codes(message)
    box.counters[counters.place(*state)] += 1
    page.messages.append(sql.message_row(message, state, number))
    page.changes.append(
        (
            message.account_id,
            message.extension_id,
            number,
            ChangeKind.CREATED.value,
            message.id,
            message.modified_ms,
        )
    )
    if message.conversation_id is not None:
        _talk(message, state, thread, page)


def _codes(message: Message) -> tuple[int, int, int, int]:
    return (
        codes.TYPE[message.type],
        codes.DIRECTION[message.direction],
        codes.READ_STATUS[message.read_status],
        codes.AVAILABILITY[message.availability],
    )


def _talk(
    message: Message, state: tuple[int, int, int, int], thread: Thread | None, page: Page
) -> None:
    key = (message.account_id, message.extension_id, message.conversation_id or 0)
    explicit, department_id = _reach(message, thread)
    talk = page.talks.get(key)
    if talk is None:
        talk = page.talks[key] = Talk(explicit, department_id)
    elif not talk.explicit and (explicit, department_id) != (0, talk.department_id):
        talk.explicit, talk.department_id = explicit, None
    talk.alive += 1
    talk.unread += int(state[1] == sql.INBOUND_CODE and state[2] == sql.UNREAD_CODE)
    talk.newest_ms, talk.newest_id = message.created_ms, message.id


def _reach(message: Message, thread: Thread | None) -> tuple[int, int | None]:
    """Whether the owner takes part by name, and through which department alone if not."""
    if thread is None or message.extension_id in thread.participants:
        return 1, None
    only = next(iter(thread.departments)) if len(thread.departments) == 1 else None
    return 0, only


def apply(key: tuple[int, int, int], before: State, verdict: Verdict, page: Page) -> None:
    """Collect the rows of a change of one message; its mailbox is locked."""
    after = verdict.after
    box = page.boxes[AccountId(key[0]), ExtensionId(key[1])]
    number = box.next()
    box.counters[before.place] -= 1
    if verdict.gone:
        _forget(key, before, number, verdict.now_ms, page)
        return
    box.counters[after.place] += 1
    page.updates.append(sql.update_row(key, after, number, verdict.now_ms))
    page.changes.append((*key[:2], number, ChangeKind.UPDATED.value, key[2], verdict.now_ms))
    if verdict.purged:
        page.endings.purged.append((key[0], key[2]))
        page.endings.erasures += ((key[0], name, verdict.now_ms) for name in verdict.objects)
    if after.conversation_id is not None:
        delta = page.talk_deltas.setdefault((*key[:2], after.conversation_id), [0, 0])
        delta[0] += after.alive - before.alive
        delta[1] += after.unread - before.unread


def _forget(key: tuple[int, int, int], before: State, number: int, now_ms: int, page: Page) -> None:
    """Collect what physical removal takes: only the change stays, and names nothing but the id."""
    page.changes.append((*key[:2], number, ChangeKind.FORGOTTEN.value, key[2], now_ms))
    page.endings.forgotten.append(key)
    if before.conversation_id is not None:
        page.endings.talks.append((*key[:2], before.conversation_id, key[2]))


def enter(wish: Marking, id: MessageId, act: Act, page: Page) -> None:
    """Note what was done to a message, for the audit log."""
    key = (wish.account_id, wish.extension_id, act, Signature(wish.by, wish.now_ms))
    page.acts.setdefault(key, []).append(id)


def sign(page: Page) -> Steps[None]:
    """Enter what was done into the audit log; nothing is asked of the database for nothing."""
    deeds = [deed for key, ids in page.acts.items() for deed in log.on_messages(*key, ids)]
    yield from audit.append(deeds)


def flush(page: Page) -> Steps[None]:
    """Insert what was collected, and raise the mailboxes once each.

    Raises `Outrun`.
    """
    rows = [
        (*key, t.explicit, t.department_id, t.alive, t.unread, t.newest_ms, t.newest_id)
        for key, t in page.talks.items()
    ]
    boxes = [
        (*key, box.number, box.counters.tobytes()) for key, box in page.boxes.items() if box.touched
    ]
    found = yield from together(
        (sql.INSERT_MESSAGES, page.messages),
        (sql.INSERT_CHANGES, page.changes),
        (talks.RAISE_TALKS, rows),
        (sql.INSERT_PARTICIPANTS, sorted(page.participants)),
        (sql.INSERT_OUTBOX, page.outbox),
        (sql.RAISE_MAILBOXES, boxes),
        last=One(sql.VERSIONS, {"accounts": sorted(page.versions)}) if page.versions else None,
    )
    if {row[0]: (row[1], row[2]) for row in found} != page.versions:
        raise Outrun
    deltas = [(*key, *delta) for key, delta in page.talk_deltas.items() if any(delta)]
    yield from many(sql.UPDATE_MESSAGES, _last_of_each(page.updates))
    yield from many(talks.SHIFT_TALKS, deltas)
    page.endings.full += _full(page)
    yield from end(page.endings)


def _full(page: Page) -> list[Row]:
    """The mailboxes that hold more than they may, unless the sweeper has been told already."""
    return [
        key
        for key, box in page.boxes.items()
        if box.touched
        and not box.over_quota
        and key[0] in page.keepings
        and quota.is_over(box.counters, page.keepings[key[0]])
    ]


def _last_of_each(updates: list[Row]) -> list[Row]:
    """One row per message, its last: a message may be marked twice in one batch."""
    return list({row[:3]: row for row in updates}.values())
