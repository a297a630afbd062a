"""What a transaction does, step by step, without knowing the engine.

A transaction is a generator: it yields commands and is sent the rows of each.  SQLite runs it in
the writer thread, PostgreSQL on a connection; the text is the same.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from postroom.store.statements import Bulk, Row, Statement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class One:
    """Carry out one statement."""

    statement: Statement
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Many:
    """Carry out one statement for each row."""

    statement: Bulk
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Together:
    """Several statements for many rows, in any order: PostgreSQL carries them out in one trip.

    They may not touch each other's rows and return nothing; the rows are those of `last`, which
    sees what was committed before this trip.
    """

    parts: tuple[Many, ...]
    last: One | None = None


Command = One | Many | Together
Rows = list[Row]
Steps = Generator[Command, Rows, T]


def one(statement: Statement, **arguments: Any) -> Generator[Command, Rows, Rows]:
    """The rows of one statement."""
    return (yield One(statement, arguments))


def many(statement: Bulk, rows: Sequence[Row]) -> Generator[Command, Rows, Rows]:
    """The rows of one statement carried out for many; nothing is done for none."""
    if not rows:
        return []
    return (yield Many(statement, rows))


def together(
    *parts: tuple[Bulk, Sequence[Row]], last: One | None = None
) -> Generator[Command, Rows, Rows]:
    """Several statements at once, those without rows left out; the rows of `last`."""
    wanted = tuple(Many(statement, rows) for statement, rows in parts if rows)
    if wanted:
        return (yield Together(wanted, last))
    return (yield last) if last is not None else []
