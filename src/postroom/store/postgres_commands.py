"""Carrying out the commands of a transaction on an asyncpg connection."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from postroom.store.commands import Command, Many, One, Rows, Steps, Together
from postroom.store.statements import Bulk, Row, Statement

ARGUMENT = re.compile(r"\$(\d+)")


async def drive(connection: Any, steps: Steps[Any]) -> Any:
    """Run the steps of a transaction that is open; what they return."""
    try:
        command = next(steps)
        while True:
            command = steps.send(await _carry_out(connection, command))
    except StopIteration as stop:
        return stop.value


async def _carry_out(connection: Any, command: Command) -> Rows:
    match command:
        case One(statement, arguments):
            values = statement.for_postgres(arguments)
            return list(await connection.fetch(statement.postgres, *values))
        case Many(bulk, rows):
            return list(await connection.fetch(bulk.postgres, *_columns(rows)))
        case Together(parts, last):
            text = _joined(tuple(part.statement for part in parts), last and last.statement)
            columns: list[Any] = [column for part in parts for column in _columns(part.rows)]
            if last is not None:
                columns += last.statement.for_postgres(last.arguments)
            return list(await connection.fetch(text, *columns))


def _columns(rows: Sequence[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


@lru_cache(maxsize=256)
def _joined(bulks: tuple[Bulk, ...], last: Statement | None) -> str:
    """Several statements as one: the last is the statement, the others stand before it as CTEs."""
    texts, before = [], 0
    for bulk in bulks:
        texts.append(_shifted(bulk.postgres, before))
        before += bulk.width
    if last is not None:
        texts.append(_shifted(last.postgres, before))
    *ctes, statement = texts
    if not ctes:
        return statement
    listed = ", ".join(f"s{place} AS ({text})" for place, text in enumerate(ctes))
    return f"WITH {listed} {statement}"


def _shifted(text: str, by: int) -> str:
    return ARGUMENT.sub(lambda match: f"${int(match[1]) + by}", text)
