"""Rows that SQLite inserts in blocks: as many as there are, each once, in their order."""

import pytest

from postroom.store.batch_statements import INSERT_CHANGES, LOCK_MAILBOXES, TAKE_KEYS
from postroom.store.commands import Steps, many
from postroom.store.database import Store
from postroom.store.statements import BLOCKS, Statement
from postroom.store.tables import change
from postroom.store.talks import RAISE_TALKS


def rows(count: int) -> list[tuple[int, ...]]:
    """Rows of changes that differ in every column but the mailbox."""
    return [(1, 2, n, n % 3, 1000 + n, 5000 + n) for n in range(count)]


def test_insertions_have_blocks_and_what_answers_or_does_not_insert_has_none() -> None:
    assert [size for size, _ in INSERT_CHANGES.blocks] == list(BLOCKS)
    assert [text.count("?") for _, text in RAISE_TALKS.blocks] == [
        size * RAISE_TALKS.width for size in BLOCKS
    ]
    assert not TAKE_KEYS.blocks
    assert not LOCK_MAILBOXES.blocks


@pytest.mark.parametrize("count", [1, 3, 4, 5, 63, 64, 65, 149])
async def test_every_row_is_inserted_once_whatever_their_number(store: Store, count: int) -> None:
    wanted = rows(count)

    def write() -> Steps[None]:
        yield from many(INSERT_CHANGES, wanted)

    await store.transact(write)

    found = await store.fetch(Statement(change.select().order_by(change.c.number)))
    assert [tuple(row) for row in found] == wanted
