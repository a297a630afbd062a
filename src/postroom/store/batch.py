"""Many filings and markings in one transaction, in an order that cannot deadlock.

1. idempotency keys, sorted; 2. every touched mailbox, sorted, locked; 3. a NEW statement reads the
versions of the accounts, and what was made from an older directory leaves; 4. markings, decided
under the locks; 5. inserts, counters and mailboxes.  Expected conflicts are results, not errors:
they never fail the batch.  Source: write-path.md, order inside a PostgreSQL batch.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from postroom.model.errors import AlreadyFiled, Outdated
from postroom.model.filing import Filing, Thread
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.marking import Marked, Marking, Outcome
from postroom.model.message import Message
from postroom.store import batch_statements as sql
from postroom.store import codes, counters
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many, one, together
from postroom.store.judgement import State, Verdict, judge
from postroom.store.statements import Row
from postroom.store.units import FILED, Outcomes, Result

MailboxKey = tuple[AccountId, ExtensionId]
Unit = Filing | Marking | Outcomes


@dataclass(slots=True)
class Box:
    """A locked mailbox, and what the batch has done to it."""

    number: int
    counters: "array[int]"
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


def write(units: Sequence[Unit]) -> Steps[list[Result]]:
    """Write all units; the results stand in the units' order."""
    results: list[Result] = [None] * len(units)
    filings = [(place, unit) for place, unit in enumerate(units) if isinstance(unit, Filing)]
    yield from _take_keys(filings, results)
    page = Page()
    yield from _lock(units, page)
    yield from _check_versions(units, results)
    yield from _use_parts(filings, results)
    for place, unit in filings:
        if results[place] is None:
            _file(unit, page)
            results[place] = FILED
    yield from _mark(units, results, page)
    yield from _flush(page)
    for place, settled in enumerate(units):
        if isinstance(settled, Outcomes) and settled.steps is not None:
            yield from settled.steps(cast(list[Marked], results[place]))
    return results


def _take_keys(filings: list[tuple[int, Filing]], results: list[Result]) -> Steps[None]:
    """Claim the idempotency keys; who comes second is told that it is already filed."""
    keyed = [(place, filing) for place, filing in filings if filing.key is not None]
    if not keyed:
        return
    rows = sorted(_key_row(filing) for _, filing in keyed)
    taken = yield from many(sql.TAKE_KEYS, _first_of_each(rows))
    winners = {message_id for (message_id,) in taken}
    for place, filing in keyed:
        if filing.messages[0].id not in winners:
            results[place] = AlreadyFiled()


def _first_of_each(rows: list[Row]) -> list[Row]:
    """One row per key: PostgreSQL cannot touch a row twice in one statement."""
    return list({row[:2]: row for row in reversed(rows)}.values())[::-1]


def _key_row(filing: Filing) -> Row:
    key, message = filing.key, filing.messages[0]
    assert key is not None
    return (
        filing.account_id,
        key.digest,
        key.body,
        message.id,
        message.modified_ms,
        key.answer,
    )


def _lock(units: Sequence[Unit], page: Page) -> Steps[None]:
    """Lock every mailbox that the batch touches, in one order for everybody."""
    wanted = sorted({mailbox for unit in units for mailbox in touched(unit)})
    rows = yield from many(sql.LOCK_MAILBOXES, wanted)
    for account_id, extension_id, number, packed in rows:
        page.boxes[account_id, extension_id] = Box(number, counters.unpack(packed))


def touched(unit: Unit) -> Iterable[MailboxKey]:
    """The mailboxes that a unit writes to."""
    match unit:
        case Filing():
            return {(unit.account_id, message.extension_id) for message in unit.messages}
        case Marking():
            return {(unit.account_id, unit.extension_id)}
        case Outcomes():
            return {(outcome.account_id, outcome.extension_id) for outcome in unit.outcomes}


def _check_versions(units: Sequence[Unit], results: list[Result]) -> Steps[None]:
    """Take out what was made from a directory, or by a session, that is no longer true."""
    checked = [(place, unit) for place, unit in enumerate(units) if not isinstance(unit, Outcomes)]
    accounts = sorted({unit.account_id for _, unit in checked})
    if not accounts:
        return
    rows = yield from one(sql.VERSIONS, accounts=accounts)
    now = {account_id: (directory, session) for account_id, directory, session in rows}
    stale: list[Row] = []
    for place, unit in checked:
        directory, session = now.get(unit.account_id, (None, None))
        if unit.version == directory and unit.session_version in (None, session):
            continue
        if results[place] is None and isinstance(unit, Filing) and unit.key is not None:
            stale.append((unit.account_id, unit.key.digest))
        results[place] = Outdated()
    yield from many(sql.DROP_KEYS, stale)


def _use_parts(filings: list[tuple[int, Filing]], results: list[Result]) -> Steps[None]:
    """Take the stored parts of long messages; only one filing gets them."""
    for place, filing in filings:
        if not filing.parts or results[place] is not None:
            continue
        rows = [
            (filing.account_id, p.carrier, p.sender, p.recipient, p.reference, p.total, p.number)
            for p in filing.parts
        ]
        unused = yield from many(sql.UNUSED_PARTS, rows)
        if len(unused) < len(rows):
            results[place] = AlreadyFiled()
        else:
            yield from many(sql.USE_PARTS, rows)


def _file(filing: Filing, page: Page) -> None:
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
    talk = page.talks.get(key)
    if talk is None:
        talk = page.talks[key] = Talk(*_reach(message, thread))
    talk.alive += 1
    talk.unread += int(state[1] == sql.INBOUND_CODE and state[2] == sql.UNREAD_CODE)
    talk.newest_ms, talk.newest_id = message.created_ms, message.id


def _reach(message: Message, thread: Thread | None) -> tuple[int, int | None]:
    """Whether the owner takes part by name, and through which department alone if not."""
    if thread is None or message.extension_id in thread.participants:
        return 1, None
    only = next(iter(thread.departments)) if len(thread.departments) == 1 else None
    return 0, only


def _mark(units: Sequence[Unit], results: list[Result], page: Page) -> Steps[None]:
    """Decide each marking and outcome from the rows as they are now."""
    wishes = list(_wishes(units, results))
    if not wishes:
        return
    wanted = sorted({key for key, _, _ in wishes})
    rows = yield from many(sql.STATES, wanted)
    states = {row[:3]: State(*row[3:]) for row in rows}
    for key, wish, marked in wishes:
        state = states.get(key)
        if state is None:
            marked.append(Marked(id=MessageId(key[2]), found=False, changed=False))
            continue
        verdict = judge(state, wish)
        marked.append(verdict.marked(MessageId(key[2])))
        if verdict.changed:
            states[key] = verdict.after
            _apply(key, state, verdict, page)


Wish = tuple[tuple[int, int, int], Marking | Outcome, list[Marked]]


def _wishes(units: Sequence[Unit], results: list[Result]) -> Iterable[Wish]:
    for place, unit in enumerate(units):
        if isinstance(unit, Filing) or results[place] is not None:
            continue
        marked: list[Marked] = []
        results[place] = marked
        if isinstance(unit, Marking):
            for id in unit.ids:
                yield (unit.account_id, unit.extension_id, id), unit, marked
        else:
            for outcome in unit.outcomes:
                key = (outcome.account_id, outcome.extension_id, outcome.message_id)
                yield key, outcome, marked


def _apply(key: tuple[int, int, int], before: State, verdict: Verdict, page: Page) -> None:
    after = verdict.after
    box = page.boxes[AccountId(key[0]), ExtensionId(key[1])]
    number = box.next()
    box.counters[before.place] -= 1
    box.counters[after.place] += 1
    page.updates.append(sql.update_row(key, after, number, verdict.now_ms))
    page.changes.append((*key[:2], number, ChangeKind.UPDATED.value, key[2], verdict.now_ms))
    if after.conversation_id is not None:
        delta = page.talk_deltas.setdefault((*key[:2], after.conversation_id), [0, 0])
        delta[0] += after.alive - before.alive
        delta[1] += after.unread - before.unread


def _flush(page: Page) -> Steps[None]:
    """Insert what was collected, and raise the mailboxes once each."""
    talks = [
        (*key, t.explicit, t.department_id, t.alive, t.unread, t.newest_ms, t.newest_id)
        for key, t in page.talks.items()
    ]
    boxes = [
        (*key, box.number, box.counters.tobytes())
        for key, box in page.boxes.items()
        if box.touched
    ]
    yield from together(
        (sql.INSERT_MESSAGES, page.messages),
        (sql.INSERT_CHANGES, page.changes),
        (sql.RAISE_TALKS, talks),
        (sql.INSERT_PARTICIPANTS, sorted(page.participants)),
        (sql.INSERT_OUTBOX, page.outbox),
        (sql.RAISE_MAILBOXES, boxes),
    )
    deltas = [(*key, *delta) for key, delta in page.talk_deltas.items() if any(delta)]
    yield from many(sql.UPDATE_MESSAGES, _last_of_each(page.updates))
    yield from many(sql.SHIFT_TALKS, deltas)


def _last_of_each(updates: list[Row]) -> list[Row]:
    """One row per message, its last: a message may be marked twice in one batch."""
    return list({row[:3]: row for row in updates}.values())
