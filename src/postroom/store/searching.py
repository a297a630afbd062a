"""Finding messages by their words: one index, in which each word bears its mailbox.

A word is stored behind a tag of its mailbox, so that the engine's list of a word holds the messages
of one mailbox only.  The texts are words already (`model.words`): SQLite's FTS5 only cuts them at
the spaces, PostgreSQL gets them as lexemes with their places.  Two mailboxes with one tag do no
harm: what is found is looked up in the mailbox.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from postroom.model.words import FILLER, Term
from postroom.store.statements import Statement, arg
from postroom.store.tables import indexed

TAG_LENGTH = 7
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=4096)
def tag(account_id: int, extension_id: int) -> str:
    """What stands before each word of a mailbox."""
    digest = hashlib.blake2b(f"{account_id}/{extension_id}".encode(), digest_size=8).digest()
    number, letters = int.from_bytes(digest), []
    for _ in range(TAG_LENGTH):
        number, rest = divmod(number, 36)
        letters.append(_DIGITS[rest])
    return "".join(letters)


# -- spelled for the engines ---------------------------------------------------------------------


def digest_of(words: Sequence[str]) -> int:
    """Tells whether a text is still the same."""
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=7).digest())


def for_fts5(mark: str, words: Iterable[str]) -> str:
    """A text as FTS5 gets it: words between spaces."""
    return " ".join(word if word == FILLER else mark + word for word in words)


def for_tsvector(mark: str, words: Sequence[str]) -> str:
    """A text as PostgreSQL reads a `tsvector`: lexemes with their places."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        if word != FILLER:
            places.setdefault(word, []).append(str(place))
    return " ".join(f"'{mark}{word}':{','.join(where)}" for word, where in places.items())


def arguments(account_id: int, extension_id: int, terms: Sequence[Term]) -> dict[str, str]:
    """A search, in the spelling of each engine."""
    mark = tag(account_id, extension_id)
    return {
        "fts5": " AND ".join(_fts5(mark, term) for term in terms),
        "tsquery": " & ".join(f"({_tsquery(mark, term)})" for term in terms),
        "pieces": msgspec.json.encode([_piece(mark, term) for term in terms]).decode(),
    }


def _fts5(mark: str, term: Term) -> str:
    words = " ".join(mark + word for word in term.words)
    return f'"{words}" *' if term.is_prefix else f'"{words}"'


def _tsquery(mark: str, term: Term) -> str:
    words = [f"'{mark}{word}'" for word in term.words]
    if term.is_prefix:
        words[-1] += ":*"
    return " <-> ".join(words)


def _piece(mark: str, term: Term) -> str:
    words = " ".join(mark + word for word in term.words)
    return f" {words}" if term.is_prefix else f" {words} "


# -- in statements -------------------------------------------------------------------------------


class Hits(ColumnElement[bool]):
    """The id is one of those that the index finds in the mailbox of the statement."""

    inherit_cache = False

    def __init__(self, id: ColumnElement[Any]) -> None:
        self.id = id
        self.fts5 = bindparam("p_fts5", type_=Text())
        self.tsquery = bindparam("p_tsquery", type_=Text())
        self.account_id = arg("account_id", BigInteger())
        self.extension_id = arg("extension_id", BigInteger())


class Holds(Hits):
    """The message has the words: asked row by row, where the index would find very many."""

    inherit_cache = False

    def __init__(self, id: ColumnElement[Any]) -> None:
        super().__init__(id)
        self.pieces = bindparam("p_pieces", type_=Text())


FTS5_HITS = "SELECT rowid FROM search_words WHERE search_words MATCH {fts5}"
# The planner must not prefer the primary key, which would read the whole mailbox: hence `+ 0`.
TSVECTOR_HITS = (
    "SELECT message_id FROM searchable WHERE words @@ CAST({tsquery} AS TSQUERY) "
    "AND account_id + 0 = {account_id} AND extension_id + 0 = {extension_id}"
)
OF_MESSAGE = (
    "FROM searchable WHERE searchable.account_id = {account_id} "
    "AND searchable.extension_id = {extension_id} AND searchable.message_id = {id}"
)
FTS5_HOLDS = (
    "(SELECT NOT EXISTS (SELECT 1 FROM json_each({pieces}) AS piece "
    "WHERE instr(' ' || searchable.words || ' ', piece.value) = 0) " + OF_MESSAGE + ")"
)
TSVECTOR_HOLDS = "(SELECT searchable.words @@ CAST({tsquery} AS TSQUERY) " + OF_MESSAGE + ")"


@compiles(Hits, "sqlite")
def _hits_sqlite(element: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    left = compiler.process(element.id, **kw)
    return f"{left} IN ({FTS5_HITS.format(fts5=compiler.process(element.fts5, **kw))})"


@compiles(Hits, "postgresql")
def _hits_postgresql(element: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    left = compiler.process(element.id, **kw)
    # As an array it is found once, before anything else: new tables have no statistics, and a join
    # of them may take half a minute.
    return f"{left} = ANY (ARRAY({_postgresql(TSVECTOR_HITS, element, compiler, **kw)}))"


@compiles(Holds, "sqlite")
def _holds_sqlite(element: Holds, compiler: SQLCompiler, **kw: Any) -> str:
    pieces = compiler.process(element.pieces, **kw)
    account = compiler.process(element.account_id, **kw)
    extension = compiler.process(element.extension_id, **kw)
    return FTS5_HOLDS.format(
        pieces=pieces,
        account_id=account,
        extension_id=extension,
        id=compiler.process(element.id, **kw),
    )


@compiles(Holds, "postgresql")
def _holds_postgresql(element: Holds, compiler: SQLCompiler, **kw: Any) -> str:
    return _postgresql(TSVECTOR_HOLDS, element, compiler, **kw)


def _postgresql(text: str, element: Hits, compiler: SQLCompiler, **kw: Any) -> str:
    return text.format(
        tsquery=compiler.process(element.tsquery, **kw),
        account_id=compiler.process(element.account_id, **kw),
        extension_id=compiler.process(element.extension_id, **kw),
        id=compiler.process(element.id, **kw),
    )


class HitCount(Hits):
    """How many the index finds, counted no further than `limit`."""

    inherit_cache = False

    def __init__(self) -> None:
        super().__init__(literal_column("0"))
        self.limit = arg("limit")


@compiles(HitCount, "sqlite")
def _count_sqlite(element: HitCount, compiler: SQLCompiler, **kw: Any) -> str:
    hits = FTS5_HITS.format(fts5=compiler.process(element.fts5, **kw))
    limit = compiler.process(element.limit, **kw)
    return f"(SELECT count(*) FROM ({hits} LIMIT {limit}) AS hit)"


@compiles(HitCount, "postgresql")
def _count_postgresql(element: HitCount, compiler: SQLCompiler, **kw: Any) -> str:
    hits = _postgresql(TSVECTOR_HITS, element, compiler, **kw)
    limit = compiler.process(element.limit, **kw)
    return f"(SELECT count(*) FROM ({hits} LIMIT {limit}) AS hit)"


COUNT_HITS = Statement(
    select(
        HitCount(),
        select(indexed.c.number)
        .where(
            indexed.c.account_id == arg("account_id"),
            indexed.c.extension_id == arg("extension_id"),
        )
        .scalar_subquery(),
    )
)
