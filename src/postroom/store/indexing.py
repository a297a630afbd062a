"""Keeping the index of words in step with the mailboxes, by their numbered changes.

`indexed` remembers for each mailbox the last change that was followed.  It is raised in the
transaction that writes the words, so that nothing is left out after a crash; the row is locked, so
that several nodes do nothing twice.  Where changes have been trimmed before they were followed, the
mailbox is walked by id instead: `behind` is the last message seen, -1 when there is no need.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Text,
    and_,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from postroom.model.words import words_of
from postroom.store import searching
from postroom.store.codes import ChangeKind
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.statements import Bulk, Row, Source, Statement, arg, insertion
from postroom.store.tables import change, indexed, mailbox, message, searchable

BIG = BigInteger()
PURGED = 2
AT_ONCE = 200
"""Messages per transaction, about."""
_KEY = {"account_id": BIG, "extension_id": BIG}
_TOLD = (ChangeKind.CREATED.value, ChangeKind.UPDATED.value, ChangeKind.FORGOTTEN.value)


class Lag(NamedTuple):
    """A mailbox with changes that were not followed yet."""

    account_id: int
    extension_id: int
    change_number: int
    trimmed_number: int
    number: int
    behind: int

    @property
    def size(self) -> int:
        """How many changes or messages are looked at next."""
        if self.is_walked:
            return AT_ONCE
        return min(self.change_number - self.number, AT_ONCE)

    @property
    def is_walked(self) -> bool:
        """Whether the changes do not tell everything."""
        return self.behind >= 0 or self.trimmed_number > self.number


_number = func.coalesce(indexed.c.number, literal_column("0"))
_behind = func.coalesce(indexed.c.behind, literal_column("-1"))
BEHIND = Statement(
    select(
        mailbox.c.account_id,
        mailbox.c.extension_id,
        mailbox.c.change_number,
        mailbox.c.trimmed_number,
        _number,
        _behind,
    )
    .select_from(
        mailbox.outerjoin(
            indexed,
            and_(
                indexed.c.account_id == mailbox.c.account_id,
                indexed.c.extension_id == mailbox.c.extension_id,
            ),
        )
    )
    .where(or_(mailbox.c.change_number > _number, _behind >= literal_column("0")))
    .limit(arg("limit"))
)
BEGIN = insertion(indexed, ["account_id", "extension_id", "number"], ignore=True)
LOCK = Bulk(
    {**_KEY, "number": BIG, "behind": BIG},
    lambda v, _: (
        select(indexed.c.account_id, indexed.c.extension_id)
        .where(
            indexed.c.account_id == v.account_id,
            indexed.c.extension_id == v.extension_id,
            indexed.c.number == v.number,
            indexed.c.behind == v.behind,
        )
        .with_for_update(of=indexed, skip_locked=True)
    ),
)
RAISE = Bulk(
    {**_KEY, "number": BIG, "behind": BIG},
    lambda v, _: (
        update(indexed)
        .values(number=v.number, behind=v.behind)
        .where(indexed.c.account_id == v.account_id, indexed.c.extension_id == v.extension_id)
    ),
)
CHANGES = Bulk(
    {**_KEY, "above": BIG, "up_to": BIG},
    lambda v, _: select(
        change.c.account_id, change.c.extension_id, change.c.kind, change.c.subject_id
    ).where(
        change.c.account_id == v.account_id,
        change.c.extension_id == v.extension_id,
        change.c.number > v.above,
        change.c.number <= v.up_to,
    ),
)


def _next_ids(v: Source, _: Any) -> Any:
    """Ids of messages, and of words, behind one: a message that is gone may have left its words."""
    found = [
        select(column.label("id"))
        .where(
            column.table.c.account_id == v.account_id,
            column.table.c.extension_id == v.extension_id,
            column > v.behind,
        )
        .order_by(column)
        .limit(literal_column(str(AT_ONCE)))
        .subquery()
        for column in (message.c.id, searchable.c.message_id)
    ]
    return (
        union(*(select(one.c.id) for one in found))
        .order_by("id")
        .limit(literal_column(str(AT_ONCE)))
    )


_of_mailbox = Source({name: arg(name) for name in ("account_id", "extension_id", "behind")})
NEXT_IDS = Statement(_next_ids(_of_mailbox, None))

_left = {**_KEY, "id": BIG}
TEXTS = Bulk(
    _left,
    lambda v, _: select(
        message.c.account_id,
        message.c.extension_id,
        message.c.id,
        message.c.availability,
        message.c.subject,
    ).where(
        message.c.account_id == v.account_id,
        message.c.extension_id == v.extension_id,
        message.c.id == v.id,
    ),
)
KNOWN = Bulk(
    _left,
    lambda v, _: select(
        searchable.c.account_id,
        searchable.c.extension_id,
        searchable.c.message_id,
        searchable.c.digest,
    ).where(
        searchable.c.account_id == v.account_id,
        searchable.c.extension_id == v.extension_id,
        searchable.c.message_id == v.id,
    ),
)
REMOVE = Bulk(
    _left,
    lambda v, _: delete(searchable).where(
        searchable.c.account_id == v.account_id,
        searchable.c.extension_id == v.extension_id,
        searchable.c.message_id == v.id,
    ),
)


def _add(v: Source, insert: Any) -> Any:
    """The words come in the spelling of each engine."""
    names = ["account_id", "extension_id", "message_id", "digest", "words"]
    statement = insert(searchable)
    keys = [v.account_id, v.extension_id, v.message_id, v.digest]
    if insert.__module__.endswith("sqlite.dml"):
        return statement.values(dict(zip(names, [*keys, v.fts5], strict=True)))
    return statement.from_select(names, select(*keys, cast(v.tsvector, TSVECTOR)))


ADD = Bulk(
    {**_KEY, "message_id": BIG, "digest": BIG, "fts5": Text(), "tsvector": Text()},
    _add,
)


# -- one step ------------------------------------------------------------------------------------


def some(rows: Rows) -> list[Lag]:
    """As many mailboxes as fit into one transaction."""
    lags: list[Lag] = []
    size = 0
    for lag in (Lag(*row) for row in rows):
        if lags and size + lag.size > AT_ONCE:
            break
        lags.append(lag)
        size += lag.size
    return lags


def follow(lags: Sequence[Lag]) -> Steps[tuple[int, int]]:
    """Follow the next changes of some mailboxes; of how many, and how many messages that were.

    A mailbox that another node follows at this moment is left to it.
    """
    yield from many(BEGIN, [(lag.account_id, lag.extension_id, lag.number) for lag in lags])
    rows = yield from many(LOCK, [(*lag[:2], lag.number, lag.behind) for lag in lags])
    ours = {tuple(row) for row in rows}
    mine = [lag for lag in lags if lag[:2] in ours]
    keys, raised = yield from _followed([lag for lag in mine if not lag.is_walked])
    for lag in mine:
        if lag.is_walked:
            walked, row = yield from _walked(lag)
            keys += walked
            raised.append(row)
    yield from _write(sorted(set(keys)))
    yield from many(RAISE, raised)
    return len(mine), len(keys)


def _followed(lags: Sequence[Lag]) -> Steps[tuple[list[Row], list[Row]]]:
    raised: list[Row] = [(*lag[:2], lag.number + lag.size, -1) for lag in lags]
    spans = [(*lag[:2], lag.number, lag.number + lag.size) for lag in lags]
    rows = yield from many(CHANGES, spans)
    return [(row[0], row[1], row[3]) for row in rows if row[2] in _TOLD], raised


def _walked(lag: Lag) -> Steps[tuple[list[Row], Row]]:
    """Changes from now on are followed afterwards: what changes during the walk is seen again."""
    behind, number = (lag.behind, lag.number) if lag.behind >= 0 else (0, lag.change_number)
    rows = yield from one(
        NEXT_IDS, account_id=lag.account_id, extension_id=lag.extension_id, behind=behind
    )
    last = rows[-1][0] if len(rows) == AT_ONCE else -1
    return [(*lag[:2], id) for (id,) in rows], (*lag[:2], number, last)


def _write(keys: Sequence[Row]) -> Steps[None]:
    """Bring the words of some messages up to date; of what is purged or gone nothing stays."""
    texts = yield from many(TEXTS, keys)
    rows = yield from many(KNOWN, keys)
    known = {tuple(row[:3]): row[3] for row in rows}
    new: dict[Row, Row] = {}
    for account_id, extension_id, id, availability, subject in texts:
        words = words_of(subject) if availability != PURGED else ()
        if words:
            mark = searching.tag(account_id, extension_id)
            new[account_id, extension_id, id] = (
                searching.digest_of(words),
                searching.for_fts5(mark, words),
                searching.for_tsvector(mark, words),
            )
    same = {key for key, row in new.items() if known.get(key) == row[0]}
    yield from many(REMOVE, [key for key in known if key not in same])
    yield from many(ADD, [(*key, *row) for key, row in new.items() if key not in same])
