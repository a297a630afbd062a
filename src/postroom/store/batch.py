"""Many filings and markings in one transaction, in an order that cannot deadlock.

1. idempotency keys, sorted; 2. every touched mailbox, sorted, locked, and read with it the versions
of the accounts: what was made from an older directory leaves; 3. markings, decided under the locks;
4. inserts, counters and mailboxes, and in the same trip a NEW statement, which sees what was
committed while the locks were waited for: where the versions are others by then, the batch is
undone and begun again; 5. the heads of the audit log, sorted, and what was deleted, restored,
purged.  Expected conflicts are results, not errors: they never fail the batch.
Source: write-path.md, order inside a PostgreSQL batch.
"""

from collections.abc import Iterable, Sequence
from typing import cast

from postroom.model.errors import AlreadyFiled, Outdated
from postroom.model.filing import Filing
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.keeping import Keeping
from postroom.model.marking import Marked, Marking, Outcome
from postroom.store import batch_statements as sql
from postroom.store import counters, quota
from postroom.store.batch_page import (
    Box,
    MailboxKey,
    Page,
    Versions,
    apply,
    enter,
    file,
    flush,
    sign,
)
from postroom.store.commands import Steps, many, one
from postroom.store.judgement import State, judge
from postroom.store.statements import Row
from postroom.store.units import FILED, Outcomes, Result

Unit = Filing | Marking | Outcomes
HOUSE = Keeping()
WAITING = 0
"""The use of a part that no message has; see `store.parts`."""


def write(units: Sequence[Unit], house: Keeping = HOUSE) -> Steps[list[Result]]:
    """Write all units; the results stand in the units' order.

    `house` is how much a mailbox of an account holds that has chosen nothing.
    """
    results: list[Result] = [None] * len(units)
    filings = [(place, unit) for place, unit in enumerate(units) if isinstance(unit, Filing)]
    yield from _take_keys(filings, results)
    page = Page()
    versions = yield from _lock(units, page, house)
    yield from _check_versions(units, results, page, versions)
    yield from _use_parts(filings, results)
    for place, unit in filings:
        if results[place] is None:
            file(unit, page)
            results[place] = FILED
    yield from _mark(units, results, page)
    yield from flush(page)
    for place, settled in enumerate(units):
        if isinstance(settled, Outcomes) and settled.steps is not None:
            yield from settled.steps(cast(list[Marked], results[place]))
    yield from sign(page)
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


def _lock(units: Sequence[Unit], page: Page, house: Keeping) -> Steps[dict[int, Versions]]:
    """Lock every mailbox that the batch touches, in one order for everybody.

    Returns the versions of their accounts: of now, or of when the waiting for a lock began.
    """
    wanted = sorted({mailbox for unit in units for mailbox in touched(unit)})
    rows = yield from many(sql.LOCK_BOXES, wanted)
    versions: dict[int, Versions] = {}
    for account_id, extension_id, number, packed, over, held, directory, session, settings in rows:
        box = Box(number, counters.unpack(packed), bool(over), bool(held))
        page.boxes[account_id, extension_id] = box
        if account_id not in versions:
            versions[account_id] = directory, session
            page.keepings[account_id] = quota.keeping_of(settings, house)
    return versions


def touched(unit: Unit) -> Iterable[MailboxKey]:
    """The mailboxes that a unit writes to."""
    match unit:
        case Filing():
            return {(unit.account_id, message.extension_id) for message in unit.messages}
        case Marking():
            return {(unit.account_id, unit.extension_id)}
        case Outcomes():
            return {(outcome.account_id, outcome.extension_id) for outcome in unit.outcomes}


def _check_versions(
    units: Sequence[Unit], results: list[Result], page: Page, versions: dict[int, Versions]
) -> Steps[None]:
    """Take out what was made from a directory, or by a session, that is no longer true."""
    checked = [(place, unit) for place, unit in enumerate(units) if not isinstance(unit, Outcomes)]
    unlocked = sorted({unit.account_id for _, unit in checked} - versions.keys())
    if unlocked:  # a filing may touch no mailbox: it only uses up parts
        rows = yield from one(sql.VERSIONS, accounts=unlocked)
        versions |= {row[0]: (row[1], row[2]) for row in rows}
    stale: list[Row] = []
    for place, unit in checked:
        directory, session = versions.get(unit.account_id, (None, None))
        if unit.version == directory and unit.session_version in (None, session):
            page.versions[unit.account_id] = versions[unit.account_id]
            continue
        if results[place] is None and isinstance(unit, Filing) and unit.key is not None:
            stale.append((unit.account_id, unit.key.digest))
        results[place] = Outdated()
    yield from many(sql.DROP_KEYS, stale)


def _use_parts(filings: list[tuple[int, Filing]], results: list[Result]) -> Steps[None]:
    """Take the stored parts of long messages; only one filing gets them.

    One part at least must wait (0): all of them used, and then brought again, are an old message.
    """
    for place, filing in filings:
        if not filing.parts or results[place] is not None:
            continue
        rows = [
            (filing.account_id, p.carrier, p.sender, p.recipient, p.reference, p.total, p.number)
            for p in filing.parts
        ]
        unused = yield from many(sql.UNUSED_PARTS, rows)
        if len(unused) < len(rows) or (WAITING,) not in unused:
            results[place] = AlreadyFiled()
        else:
            yield from many(sql.USE_PARTS, rows)


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
        held = page.boxes[AccountId(key[0]), ExtensionId(key[1])].held
        verdict = judge(state, wish, held=held)
        marked.append(verdict.marked(MessageId(key[2])))
        if verdict.gone:
            del states[key]
        elif verdict.changed:
            states[key] = verdict.after
        if verdict.changed:
            apply(key, state, verdict, page)
            if verdict.act is not None and isinstance(wish, Marking):
                enter(wish, MessageId(key[2]), verdict.act, page)


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
