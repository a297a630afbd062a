"""No list walks through a whole mailbox: SQLite reads pages and totals by an index that fits."""

from pathlib import Path

import apsw
import pytest

from postroom.store.database import StoreSettings, migrate
from postroom.store.pages import count_statement, page_statement
from postroom.store.shapes import Shape

WALK = "message USING PRIMARY KEY (account_id=? AND extension_id=?)"
SHAPES = {
    "dates": Shape(alive_only=True, date_from=True, date_to=True),
    "kinds": Shape(alive_only=True, kinds=2),
    "kinds and dates": Shape(alive_only=True, kinds=2, date_from=True),
    "one conversation": Shape(alive_only=True, conversation=True),
    "one conversation and dates": Shape(alive_only=True, conversation=True, date_from=True),
    "one conversation, others closed": Shape(alive_only=True, conversation=True, closed=True),
    "a number": Shape(alive_only=True, phone=True),
    "a number and dates": Shape(alive_only=True, phone=True, date_from=True),
}


@pytest.mark.parametrize("name", SHAPES)
async def test_pages_and_totals_are_read_by_an_index(tmp_path: Path, name: str) -> None:
    path = tmp_path / "postroom.db"
    await migrate(StoreSettings(path=path))
    connection = apsw.Connection(str(path))

    plans = {}
    for statement in (page_statement(SHAPES[name]), count_statement(SHAPES[name])):
        values = {key: [1] if key == "closed" else 1 for key in statement.sqlite_order}
        rows = connection.execute(
            f"EXPLAIN QUERY PLAN {statement.sqlite}", statement.for_sqlite(values)
        )
        plans[statement.sqlite] = [str(row[3]) for row in rows]
    connection.close()

    for sql, plan in plans.items():
        walks = [line for line in plan if line.endswith(WALK)]
        assert walks == [], sql
