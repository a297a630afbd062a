"""The store: one place to read from and one to write to, whatever engine is below."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import apsw
import asyncpg

from postroom.model.errors import Unavailable
from postroom.model.filing import Filing
from postroom.model.ids import AccountId
from postroom.model.keeping import Keeping
from postroom.model.marking import Marked, Marking, Outcome
from postroom.store import batch, migrations, space
from postroom.store.commands import Rows, Steps
from postroom.store.postgres import PostgresEngine
from postroom.store.queue import Queue, burdened
from postroom.store.sqlite import SqliteEngine
from postroom.store.statements import Statement
from postroom.store.units import Filed, Outcomes, Unit, Work

T = TypeVar("T")
Engine = SqliteEngine | PostgresEngine
Hearer = Callable[[], None]


UNIQUE = {apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY}


class Taken(Exception):
    """A value that only one row may have belongs to another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where the store is: a SQLite file, or a PostgreSQL DSN; `queue_limit` counts rows.

    `keeping` holds for accounts that chose nothing.  `reader_cache` is how much each of SQLite's
    readers keeps, in KiB.
    """

    path: Path | None = None
    dsn: str | None = None
    queue_limit: int = 20_000
    readers: int = 8
    writers: int = 2
    keeping: Keeping = batch.HOUSE
    reader_cache: int = 16_384


class Store:
    """Reads, transactions and the queue of filings, on one of the two engines."""

    def __init__(self, settings: StoreSettings, fatal: Any = None, vfs: str | None = None) -> None:
        self.settings = settings
        self._hearers: list[Hearer] = []
        self.engine: Engine
        if settings.dsn is not None:
            share = settings.queue_limit // settings.writers
            self.queues = [Queue(share) for _ in range(settings.writers)]
            self.engine = PostgresEngine(settings.dsn, self.queues, settings.readers)
        else:
            assert settings.path is not None
            self.queues = [Queue(settings.queue_limit)]
            self.engine = SqliteEngine(settings.path, self.queues[0], fatal, vfs)
            self.engine.reader_cache = settings.reader_cache
        self.engine.keeping = settings.keeping

    # -- life ----------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect and begin to write; the schema must be there (`migrate`)."""
        self._loop = asyncio.get_running_loop()
        if isinstance(self.engine, PostgresEngine):
            await self.engine.open()
        else:
            self.engine.open()
        await self.engine.start(self._loop, self._rang)

    async def close(self) -> None:
        """Write what waits, then disconnect."""
        await self.engine.close()

    def on_commit(self, hearer: Hearer) -> None:
        """Call `hearer` on the loop after each commit of this process."""
        self._hearers.append(hearer)

    def _rang(self) -> None:
        for hearer in self._hearers:
            hearer()

    # -- reading -------------------------------------------------------------------------------

    async def fetch(self, statement: Statement, **arguments: Any) -> Rows:
        """The rows of a reading statement; they never wait for writers."""
        return await self.engine.read(statement, arguments, quick=False)

    async def look(self, statement: Statement, **arguments: Any) -> Rows:
        """The rows of a statement that reads a few rows by their keys."""
        return await self.engine.read(statement, arguments, quick=True)

    async def observe(self, steps: Callable[[], Steps[T]]) -> T:
        """Run steps that only read; all of them see the same moment."""
        result: T = await self.engine.observe(steps)
        return result

    # -- writing -------------------------------------------------------------------------------

    def file(self, filing: Filing) -> "asyncio.Future[Filed]":
        """Commit a filing; it is durable when the future is done.

        Raises `Outdated` when the directory or the session has changed since, `AlreadyFiled` when
        its idempotency key or its parts are used, `Unavailable` when the queue is full.
        """
        return self._put(filing)

    async def mark(self, marking: Marking, *, bulk: bool = False) -> list[Marked]:
        """Change messages of one mailbox; what happened to each, in the order of the ids."""
        marked: list[Marked] = await self._put(marking, bulk=bulk)
        return marked

    async def settle(
        self,
        outcomes: tuple[Outcome, ...],
        steps: Callable[[list[Marked]], Steps[None]] | None = None,
    ) -> list[Marked]:
        """Write outcomes, and in the same transaction the steps that belong to them."""
        marked: list[Marked] = await self._put(Outcomes(outcomes, steps))
        return marked

    async def transact(
        self,
        steps: Callable[[], Steps[T]],
        account: AccountId | None = None,
        *,
        bulk: bool = False,
    ) -> T:
        """Run a transaction of its own; what its steps raise undoes it.

        A `bulk` one lets requests and carriers go first, where there is one line.  Raises `Taken`
        when a unique value of it was given by somebody else before.
        """
        try:
            result: T = await self.engine.transact(Work(steps, account), bulk=bulk)
        except asyncpg.UniqueViolationError as error:
            raise Taken from error
        except apsw.ConstraintError as error:
            if getattr(error, "extendedresult", None) in UNIQUE:
                raise Taken from error
            raise
        return result

    async def reclaim(self, spare: int) -> int:
        """Give some free pages back to the disk beyond `spare` ones; how many they were.

        PostgreSQL does so by itself (autovacuum).
        """
        if isinstance(self.engine, PostgresEngine):
            return 0
        if not await space.is_worth_it(self.look, spare):
            return 0
        return await self.transact(lambda: space.reclaim(spare), bulk=True)

    def _put(self, unit: Unit, *, bulk: bool = False) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self._loop.create_future()
        queue = self.queues[(burdened(unit) or 0) % len(self.queues)]
        try:
            queue.put(unit, future, bulk=bulk)
        except Unavailable as error:
            future.set_exception(error)
        else:
            self.engine.wake()
        return future


async def migrate(settings: StoreSettings) -> list[int]:
    """Bring the schema up to date; the numbers of the steps that were taken."""
    if settings.dsn is not None:
        return await _migrate_postgres(settings.dsn)
    assert settings.path is not None
    return await asyncio.to_thread(_migrate_sqlite, settings.path)


def _migrate_sqlite(path: Path) -> list[int]:
    engine = SqliteEngine(path, Queue(1))
    engine.open()
    try:
        return engine.migrate(migrations)
    finally:
        engine.release()


async def _migrate_postgres(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(7021001)")
            await connection.execute(migrations.CREATE_VERSION)
            current = await connection.fetchval(migrations.READ_VERSION) or 0
            steps = migrations.missing(current)
            for number in steps:
                for statement in migrations.render(number, "postgresql"):
                    await connection.execute(statement)
            return steps
    finally:
        await connection.close()
