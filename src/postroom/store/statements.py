"""Statements, written once with SQLAlchemy Core and compiled at import for both engines.

The drivers execute the texts; SQLAlchemy takes no part at run time.  `Statement` is one statement
with named arguments, `Bulk` one that is carried out for many rows: row by row on SQLite, through
`unnest` on PostgreSQL.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    Executable,
    Table,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import TypeEngine

SQLITE = sqlite.dialect(paramstyle="qmark")
POSTGRES: Any = cast(Any, asyncpg).dialect()

Row = tuple[Any, ...]
BLOCKS = (64, 16, 4, 1)
"""How many rows SQLite inserts by one text; between two texts it waits for Python's lock."""


def arg(name: str, type_: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """A named argument of a statement."""
    return bindparam(f"p_{name}", type_=type_ or BigInteger())


class Among(ColumnElement[bool]):
    """`column` is one of a list that is given as one argument."""

    inherit_cache = False

    def __init__(self, left: ColumnElement[Any], name: str) -> None:
        self.left = left
        self.values = bindparam(f"p_{name}", type_=ARRAY(left.type))
        self.json: BindParameter[Any] = bindparam(f"p_{name}")


def among(left: ColumnElement[Any], name: str) -> Among:
    """The argument `name` is a list, and `left` is in it."""
    return Among(left, name)


def not_among(left: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The argument `name` is a list, and `left` is not in it."""
    return NotAmong(left, name)


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    left = compiler.process(element.left, **kw)
    return f"{left} = ANY ({compiler.process(element.values, **kw)})"


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    left = compiler.process(element.left, **kw)
    return f"{left} IN (SELECT value FROM json_each({compiler.process(element.json, **kw)}))"


class NotAmong(Among):
    """`column` is none of a list that is given as one argument."""

    inherit_cache = False


@compiles(NotAmong, "postgresql")
def _not_among_postgresql(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    return f"NOT ({_among_postgresql(element, compiler, **kw)})"


@compiles(NotAmong, "sqlite")
def _not_among_sqlite(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    return f"NOT ({_among_sqlite(element, compiler, **kw)})"


def _compile(clause: Executable, dialect: Any) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """The text, the order of its arguments, and the constants among them."""
    compiled = cast(SQLCompiler, cast(ClauseElement, clause).compile(dialect=dialect))
    names = tuple(compiled.positiontup or ())
    constants = {name: compiled.params[name] for name in names if not name.startswith("p_")}
    return str(compiled), tuple(name.removeprefix("p_") for name in names), constants


class Statement:
    """One statement, as text and argument order for each engine.

    An argument that is a list stands in an `among`.
    """

    __slots__ = ("constants", "postgres", "postgres_order", "sqlite", "sqlite_order")

    def __init__(self, clause: Executable) -> None:
        self.sqlite, self.sqlite_order, constants = _compile(clause, SQLITE)
        self.postgres, self.postgres_order, others = _compile(clause, POSTGRES)
        self.constants = constants | others

    def for_sqlite(self, arguments: Mapping[str, Any]) -> Row:
        """The arguments in SQLite's order; lists as JSON."""
        known = {**self.constants, **arguments} if self.constants else arguments
        values = (known[name] for name in self.sqlite_order)
        return tuple(_json(value) if isinstance(value, list) else value for value in values)

    def for_postgres(self, arguments: Mapping[str, Any]) -> Row:
        """The arguments in PostgreSQL's order."""
        known = {**self.constants, **arguments} if self.constants else arguments
        return tuple(known[name] for name in self.postgres_order)


def _json(values: list[Any]) -> str:
    return msgspec.json.encode(values).decode()


class Source:
    """What a `Bulk` is built from: its columns, as arguments or as columns of `unnest`."""

    def __init__(self, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self._columns = columns

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        return self._columns[name]

    def all(self) -> list[ColumnElement[Any]]:
        """Every column, in order."""
        return list(self._columns.values())


Build = Callable[[Source, Any], Executable]


class Bulk:
    """One statement for many rows; a row is a tuple in the order of `columns`.

    `build` gets the source of the values and the dialect's `insert`.
    """

    __slots__ = ("blocks", "columns", "pick", "postgres", "returns", "sqlite", "width")

    def __init__(self, columns: Mapping[str, TypeEngine[Any]], build: Build) -> None:
        self.columns = tuple(columns)
        self.width = len(columns)
        rowwise = Source({name: arg(name, type_) for name, type_ in columns.items()})
        clause = build(rowwise, sqlite.insert)
        self.sqlite, order, constants = _compile(clause, SQLITE)
        if constants:
            raise ValueError(f"constants in a bulk statement: {constants}")
        self.pick = _picker(self.columns, order)
        self.returns = "RETURNING" in self.sqlite
        self.blocks = () if self.returns or self.pick else _blocks(self.sqlite, self.width)
        arrays = [arg(name, ARRAY(type_)) for name, type_ in columns.items()]
        names = [column(name, type_) for name, type_ in columns.items()]
        table = func.unnest(*arrays).table_valued(*names).render_derived(name="v")
        unnested = Source({name: table.c[name] for name in columns})
        self.postgres, order, _ = _compile(build(unnested, postgresql.insert), POSTGRES)
        if order != self.columns:
            raise ValueError(f"arguments out of order: {order}")


def _blocks(text: str, width: int) -> tuple[tuple[int, str], ...]:
    """An insertion of one row as insertions of many: how many, and the text; largest first."""
    row = f"VALUES ({', '.join('?' * width)})"
    if text.count("?") != width or row not in text:
        return ()
    rows = row.removeprefix("VALUES ")
    return tuple((n, text.replace(row, f"VALUES {', '.join([rows] * n)}")) for n in BLOCKS)


def _picker(columns: Sequence[str], order: Sequence[str]) -> Callable[[Row], Row] | None:
    if tuple(columns) == tuple(order):
        return None
    places = [list(columns).index(name) for name in order]
    if len(places) == 1:
        [place] = places
        return lambda row: (row[place],)
    return cast(Callable[[Row], Row], itemgetter(*places))


def insertion(table: Table, columns: Sequence[str] | None = None, **options: Any) -> Bulk:
    """Insert rows; `ignore=True` passes over those that are there, `returning` names columns."""
    names = list(columns or (c.name for c in table.columns))

    def build(source: Source, insert: Any) -> Executable:
        is_bound = isinstance(source.all()[0], BindParameter)
        statement = insert(table)
        if is_bound:
            statement = statement.values(dict(zip(names, source.all(), strict=True)))
        else:
            statement = statement.from_select(names, select(*source.all()))
        if options.get("ignore"):
            statement = statement.on_conflict_do_nothing()
        if returning := options.get("returning"):
            statement = statement.returning(*(table.c[name] for name in returning))
        return cast(Executable, statement)

    return Bulk({name: table.c[name].type for name in names}, build)
