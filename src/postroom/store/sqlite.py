"""SQLite: one writer thread, WAL, every commit synced; readers have connections of their own.

Several processes may share the file: a lock on a side file around each batch is a fair queue,
where SQLite's own busy handler is not.
"""

import asyncio
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import apsw

from postroom.model.errors import Unavailable
from postroom.store import batch
from postroom.store.commands import Command, Many, One, Rows, Steps, Together
from postroom.store.queue import Queue, Waiting
from postroom.store.statements import Bulk, Row, Statement
from postroom.store.stats import WriterStats
from postroom.store.units import Result, Work

READ_THREADS = 2
BUSY_MS = 10_000
PRAGMAS = (
    "PRAGMA auto_vacuum = INCREMENTAL",  # of a new file; an older one is converted by a VACUUM
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
    # What was purged leaves the pages that are written anyway.
    "PRAGMA secure_delete = FAST",
)
WRITABLE = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE


class SqliteEngine:
    """The embedded engine; `fatal` is called when the disk refuses to sync."""

    name = "sqlite"

    def __init__(self, path: Path, queue: Queue, fatal: Any = None, vfs: str | None = None) -> None:
        self.path, self.queue, self.vfs = path, queue, vfs
        self.stats = WriterStats()
        self.keeping = batch.HOUSE
        self.reader_cache = 16_384
        self._fatal = fatal or (lambda error: os._exit(70))
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(READ_THREADS, "postroom-read")
        self._thread: threading.Thread | None = None
        self._doorbell: Any = None

    def open(self) -> None:
        """Make the file if there is none, and switch it to WAL."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Everybody's messages: for the owner only, and SQLite gives its side files the same mode.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._writer = self._connect(WRITABLE)
        for pragma in PRAGMAS:
            self._writer.execute(pragma)
        self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _connect(self, flags: int) -> apsw.Connection:
        connection = apsw.Connection(
            str(self.path), flags=flags, vfs=self.vfs, statementcachesize=200
        )
        connection.set_busy_timeout(BUSY_MS)
        return connection

    async def start(self, loop: asyncio.AbstractEventLoop, rang: Any) -> None:
        """Begin to write; `rang` is called on the loop after each commit."""
        self._loop, self._doorbell = loop, rang
        self._thread = threading.Thread(target=self._run, name="postroom-writer", daemon=True)
        self._thread.start()

    # -- reading -------------------------------------------------------------------------------

    def _reader(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(apsw.SQLITE_OPEN_READONLY)
            connection.execute(f"PRAGMA cache_size = -{self.reader_cache}")
        return connection

    def _read(self, statement: Statement, arguments: Mapping[str, Any]) -> Rows:
        cursor = self._reader().execute(statement.sqlite, statement.for_sqlite(arguments))
        return list(cursor)

    async def read(
        self, statement: Statement, arguments: Mapping[str, Any], *, quick: bool
    ) -> Rows:
        """Rows of a reading statement; a quick one (by key) is not worth another thread."""
        if quick:
            return self._read(statement, arguments)
        return await self._loop.run_in_executor(self._pool, self._read, statement, arguments)

    async def observe(self, steps: Callable[[], Steps[Any]]) -> Any:
        """Run steps that only read in one snapshot."""
        return await self._loop.run_in_executor(self._pool, self._observe, steps)

    def _observe(self, steps: Callable[[], Steps[Any]]) -> Any:
        reader = self._reader()
        reader.execute("BEGIN")
        try:
            return self._drive(steps(), reader)
        finally:
            reader.execute("COMMIT")

    # -- writing -------------------------------------------------------------------------------

    async def transact(self, work: Work, *, bulk: bool = False) -> Any:
        """Run a transaction of its own in the writer's next batch."""
        future = self._loop.create_future()
        self.queue.put(work, future, bulk=bulk)
        return await future

    def wake(self) -> None:
        """The thread is woken by the queue itself."""

    def _run(self) -> None:
        while (waiting := self.queue.wait()) is not None:
            results = self._write(waiting)
            self._loop.call_soon_threadsafe(self._finish, waiting, results)

    def _finish(self, waiting: list[Waiting], results: list[Result]) -> None:
        resolve(waiting, results)
        self._doorbell()

    def _write(self, waiting: list[Waiting]) -> list[Result]:
        """Write a batch; on an unexpected error in halves, down to the one that is to blame."""
        try:
            with self._locked():
                return self._transaction(waiting)
        except apsw.IOError as error:
            self._fatal(error)
            return [error] * len(waiting)
        except (apsw.FullError, apsw.BusyError):
            return [Unavailable()] * len(waiting)
        except Exception as error:
            if len(waiting) == 1:
                return [error]
            self.stats.replays += 1
            half = len(waiting) // 2
            return self._write(waiting[:half]) + self._write(waiting[half:])

    def _transaction(self, waiting: list[Waiting]) -> list[Result]:
        begun = time.perf_counter()
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            results = self._apply(waiting)
            committing = time.perf_counter()
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        done = time.perf_counter()
        self.stats.batch_size.observe(len(waiting))
        self.stats.transaction_seconds.observe(done - begun)
        self.stats.commit_seconds.observe(done - committing)
        return results

    def _apply(self, waiting: list[Waiting]) -> list[Result]:
        results: list[Result] = [None] * len(waiting)
        grouped = [place for place, w in enumerate(waiting) if not isinstance(w.unit, Work)]
        units: list[Any] = [waiting[place].unit for place in grouped]
        if units:
            written = self._drive(batch.write(units, self.keeping), self._writer)
            for place, result in zip(grouped, written, strict=True):
                results[place] = result
        for place, w in enumerate(waiting):
            if isinstance(w.unit, Work):
                results[place] = self._separately(w.unit)
        return results

    def _separately(self, work: Work) -> Result:
        """A transaction of its own inside of the batch: when it fails, it alone is undone."""
        self._writer.execute("SAVEPOINT work")
        try:
            result = self._drive(work.steps(), self._writer)
        except apsw.IOError:
            raise
        except Exception as error:
            self._writer.execute("ROLLBACK TO work")
            result = error
        self._writer.execute("RELEASE work")
        return result

    def _drive(self, steps: Steps[Any], on: apsw.Connection) -> Any:
        try:
            command = next(steps)
            while True:
                command = steps.send(self._carry_out(command, on))
        except StopIteration as stop:
            return stop.value

    def _carry_out(self, command: Command, on: apsw.Connection) -> Rows:
        match command:
            case One(statement, arguments):
                return list(on.execute(statement.sqlite, statement.for_sqlite(arguments)))
            case Many(bulk, rows) if bulk.blocks:
                return self._insert(bulk, rows, on)
            case Many(bulk, rows):
                ordered = rows if bulk.pick is None else map(bulk.pick, rows)
                return list(on.executemany(bulk.sqlite, ordered))
            case Together(parts, last):
                for part in parts:
                    self._carry_out(part, on)
                return [] if last is None else self._carry_out(last, on)

    def _insert(self, bulk: Bulk, rows: Sequence[Row], on: apsw.Connection) -> Rows:
        """Insert rows in blocks: while one is carried out, Python's lock is free for requests."""
        done, count = 0, len(rows)
        for size, text in bulk.blocks:
            while count - done >= size:
                block = rows[done : done + size]
                on.execute(text, block[0] if size == 1 else tuple(chain.from_iterable(block)))
                done += size
        return []

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    # -- the whole file ------------------------------------------------------------------------

    def migrate(self, steps: Any) -> list[int]:
        """Take the steps that are missing, in one transaction; their numbers."""
        taken: list[int] = []
        with self._locked(), self._writer:
            self._writer.execute(steps.CREATE_VERSION)
            [[current]] = self._writer.execute(steps.READ_VERSION)
            taken = steps.missing(current or 0)
            for number in taken:
                for statement in steps.render(number, self.name):
                    self._writer.execute(statement)
        return taken

    def release(self) -> None:
        """Close a connection that never began to write."""
        self._writer.close()
        os.close(self._lock)

    async def close(self) -> None:
        """Write what waits, then close."""
        self.queue.close()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self._pool.shutdown()
        self.release()


def resolve(waiting: list[Waiting], results: list[Result]) -> None:
    """Tell everybody who waits; a client that hung up hears nothing."""
    for w, result in zip(waiting, results, strict=True):
        if w.future.done():
            continue
        if isinstance(result, Exception):
            w.future.set_exception(result)
        else:
            w.future.set_result(result)
