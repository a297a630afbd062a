"""No list walks through a mailbox: SQLite reads pages and totals by the index that fits."""

from pathlib import Path

import apsw
import pytest

from postroom.store.database import StoreSettings, migrate
from postroom.store.pages import HEAD, count_statement, page_statement
from postroom.store.shapes import Shape

WALK = "message USING PRIMARY KEY (account_id=? AND extension_id=?)"
TIME, KIND, TALK = "message_alive", "message_by_kind", "message_by_conversation"
SIDES = ("message_by_own", "message_by_peer")
DATES = {"date_from": True, "date_to": True}
GONE = "message_gone"
STATIONS = Shape(alive_only=False, stations=True, alive_too=True, date_from=True)
SHAPES = {
    "dates": (Shape(alive_only=True, **DATES), (TIME,)),
    "kinds": (Shape(alive_only=True, kinds=2), (KIND,)),
    "kinds and dates": (Shape(alive_only=True, kinds=2, **DATES), (KIND,)),
    "a conversation": (Shape(alive_only=True, conversation=True), (TALK,)),
    "since": (Shape(alive_only=True, conversation=True, date_from=True), (TALK,)),
    "a conversation and dates": (Shape(alive_only=True, conversation=True, **DATES), (TALK,)),
    "closed": (Shape(alive_only=True, conversation=True, closed=True, **DATES), (TALK,)),
    "conversations": (Shape(alive_only=True, talks=3), (TALK,)),
    "conversations and dates": (Shape(alive_only=True, talks=3, **DATES), (TALK,)),
    "alive and deleted": (STATIONS, (TIME, GONE)),
    "alive and deleted and types": (STATIONS._replace(types=True, date_to=True), (TIME, GONE)),
    "deleted": (STATIONS._replace(alive_too=False), (GONE,)),
    "a number": (Shape(alive_only=True, phone=True), SIDES),
    "a number and dates": (Shape(alive_only=True, phone=True, **DATES), SIDES),
    "a number and types": (Shape(alive_only=True, phone=True, types=True, **DATES), SIDES),
}


@pytest.mark.parametrize("name", SHAPES)
async def test_pages_and_totals_are_read_by_an_index(tmp_path: Path, name: str) -> None:
    path = tmp_path / "postroom.db"
    await migrate(StoreSettings(path=path))
    connection = apsw.Connection(str(path))

    plans = {}
    shape, indexes = SHAPES[name]
    for statement in (page_statement(shape), count_statement(shape)):
        values = {key: [1] if key == "closed" else 1 for key in statement.sqlite_order}
        rows = connection.execute(
            f"EXPLAIN QUERY PLAN {statement.sqlite}", statement.for_sqlite(values)
        )
        plans[statement.sqlite] = [str(row[3]) for row in rows]
    connection.close()

    for sql, plan in plans.items():
        assert [line for line in plan if line.endswith(WALK)] == [], sql
        read = {line.partition(" INDEX ")[2].split()[0] for line in plan if " INDEX " in line}
        assert {name for name in read if name.startswith("message_")} == set(indexes), sql


async def test_closed_conversations_are_not_looked_for_among_all(tmp_path: Path) -> None:
    path = tmp_path / "postroom.db"
    await migrate(StoreSettings(path=path))
    connection = apsw.Connection(str(path))
    values = {"account_id": 1, "extension_id": 1, "former": [1], "circles": [1]}

    rows = connection.execute(f"EXPLAIN QUERY PLAN {HEAD.sqlite}", HEAD.for_sqlite(values))
    read = [str(row[3]) for row in rows if " conversation " in str(row[3])]
    connection.close()

    by_index = [line for line in read if "conversation_through_department" in line]
    by_id = [line for line in read if "(account_id=? AND extension_id=? AND id=?)" in line]
    assert len(by_index) == 2
    assert sorted(by_index + by_id) == sorted(read)
