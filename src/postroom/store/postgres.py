"""PostgreSQL: the same batches on asyncpg connections, by a few writers at once.

A writer owns the accounts that hash to it, so that one account's large page holds up nobody else.
Serialisation failures, deadlocks and lock time-outs repeat the batch and never reach a client.  A
connection that dies during COMMIT leaves the batch *unknown*: it is looked up and written again
with the same ids.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
from sqlalchemy import select

from postroom.model.errors import Unavailable
from postroom.model.filing import Filing
from postroom.observability import logs
from postroom.store import batch
from postroom.store.batch_page import Outrun
from postroom.store.commands import Rows, Steps
from postroom.store.postgres_chain import Chain
from postroom.store.postgres_commands import drive
from postroom.store.queue import Queue, Waiting
from postroom.store.sqlite import resolve
from postroom.store.statements import Statement, arg
from postroom.store.stats import WriterStats
from postroom.store.tables import message
from postroom.store.units import FILED, Result, Work

log = logs.get("store.postgres")

REPEATED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    Outrun,
)
LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # A connection that dies while an answer is read may be left in a state that fits nothing.
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
REPEATS = 20
UNKNOWN_SECONDS = 30.0
PAUSE = 0.2
"""Seconds before it is looked again what became of a batch."""
SETTINGS = {
    "application_name": "postroom",
    "lock_timeout": "2000",
    # A process that is frozen in the middle of a transaction must not keep its locks for long.
    "idle_in_transaction_session_timeout": "5000",
    "jit": "off",
    "timezone": "UTC",
}
UNSAFE = ("off", "local")

IS_FILED = Statement(
    select(message.c.id).where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        message.c.id == arg("id"),
    )
)


class UnsafeDatabase(Exception):
    """The database would lose what it has acknowledged."""


async def _no_reset(connection: Any) -> None:
    """Nothing to reset: we set nothing on a connection."""


class PostgresEngine:
    """One PostgreSQL, or a highly available one behind several hosts in the DSN."""

    name = "postgresql"

    def __init__(self, dsn: str, queues: list[Queue], readers: int = 8) -> None:
        self.dsn, self.queues = dsn, queues
        self.stats = WriterStats()
        self.keeping = batch.HOUSE
        self._readers = readers
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect, and refuse a database that does not keep its word."""
        self._pool: Any = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._readers + len(self.queues),
            server_settings=SETTINGS,
            statement_cache_size=1000,
            reset=_no_reset,
            command_timeout=60,
        )
        async with self._pool.acquire() as connection:
            await self._check_durability(connection)

    async def _check_durability(self, connection: Any) -> None:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            value = await connection.fetchval("SELECT current_setting($1)", name)
            if value in UNSAFE:
                raise UnsafeDatabase(f"PostgreSQL runs with {name} = {value}: it must be on")

    async def start(self, loop: asyncio.AbstractEventLoop, rang: Any) -> None:
        """Begin to write; `rang` is called after each commit."""
        self._loop, self._doorbell = loop, rang
        self._wakes = [asyncio.Event() for _ in self.queues]
        self._closing = False
        self._tasks = [
            loop.create_task(self._run(queue, wake))
            for queue, wake in zip(self.queues, self._wakes, strict=True)
        ]

    # -- reading -------------------------------------------------------------------------------

    async def read(
        self, statement: Statement, arguments: Mapping[str, Any], *, quick: bool
    ) -> Rows:
        """Rows of a reading statement; tried again on a new connection when one was lost."""
        for last in (False, True):
            try:
                async with self._pool.acquire() as connection:
                    return list(
                        await connection.fetch(
                            statement.postgres, *statement.for_postgres(arguments)
                        )
                    )
            except LOST as error:
                if last:
                    raise Unavailable from error
        raise Unavailable

    async def observe(self, steps: Callable[[], Steps[Any]]) -> Any:
        """Run steps that only read in one snapshot; begun again when the connection was lost."""
        for last in (False, True):
            try:
                async with (
                    self._pool.acquire() as connection,
                    connection.transaction(isolation="repeatable_read", readonly=True),
                ):
                    return await drive(connection, steps())
            except LOST as error:
                if last:
                    raise Unavailable from error
        raise Unavailable

    # -- writing -------------------------------------------------------------------------------

    async def transact(self, work: Work, *, bulk: bool = False) -> Any:
        """Run a transaction of its own, on a connection of its own: it stands in no line."""
        for _ in range(REPEATS):
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    result = await drive(connection, work.steps())
            except REPEATED:
                continue
            except LOST as error:
                raise Unavailable from error
            self._doorbell()
            return result
        raise Unavailable

    def wake(self) -> None:
        """Something was put into a queue."""
        for wake in self._wakes:
            wake.set()

    async def _run(self, queue: Queue, wake: asyncio.Event) -> None:
        chain = Chain(self._pool, lambda: len(queue) > 0)
        while True:
            wake.clear()
            waiting = queue.take()
            if waiting:
                await self._settle(waiting, chain)
                continue
            await chain.rest()
            if self._closing and not len(queue):
                return
            await wake.wait()

    async def _settle(self, waiting: list[Waiting], chain: Chain) -> None:
        """Write a batch and tell everybody; whatever happens, nobody waits for ever."""
        try:
            results = await self._write(waiting, chain)
        except Exception as error:
            log.exception("a batch failed")
            results = [error] * len(waiting)
        resolve(waiting, results)
        self._doorbell()

    async def _write(self, waiting: list[Waiting], chain: Chain) -> list[Result]:
        """Write a batch; when the connection is lost, find out what became of it."""
        try:
            return await self._attempt(waiting, chain)
        except LOST:
            return await self._find_out(waiting, chain)

    async def _attempt(self, waiting: list[Waiting], chain: Chain) -> list[Result]:
        """Write a batch; on an unexpected error in halves, down to the one that is to blame."""
        for _ in range(REPEATS):
            try:
                return await self._transaction(waiting, chain)
            except REPEATED:
                self.stats.replays += 1
            except LOST:
                raise
            except Exception as error:
                if len(waiting) == 1:
                    return [error]
                self.stats.replays += 1
                half = len(waiting) // 2
                first = await self._attempt(waiting[:half], chain)
                return first + await self._attempt(waiting[half:], chain)
        return [Unavailable()] * len(waiting)

    async def _transaction(self, waiting: list[Waiting], chain: Chain) -> list[Result]:
        units: list[Any] = [w.unit for w in waiting]
        begun = time.perf_counter()
        async with chain.transaction() as connection:
            results = await drive(connection, batch.write(units, self.keeping))
            committing = time.perf_counter()
        done = time.perf_counter()
        self.stats.batch_size.observe(len(waiting))
        self.stats.transaction_seconds.observe(done - begun)
        self.stats.commit_seconds.observe(done - committing)
        return list(results)

    async def _find_out(self, waiting: list[Waiting], chain: Chain) -> list[Result]:
        """The connection was lost: what is there was committed, what is not is written again.

        Only filings can be looked up by an id that nobody else gives; markings are conditional
        and may be repeated.
        """
        until = self._loop.time() + UNKNOWN_SECONDS
        while self._loop.time() < until:
            try:
                results: list[Result] = [await self._is_filed(w) for w in waiting]
                again = [place for place, result in enumerate(results) if result is None]
                written = await self._attempt([waiting[p] for p in again], chain) if again else []
            except LOST:
                await asyncio.sleep(PAUSE)
                continue
            if any(isinstance(result, asyncpg.UniqueViolationError) for result in written):
                # The COMMIT was still under way when it was looked for: it is there by now.
                await asyncio.sleep(PAUSE)
                continue
            for place, result in zip(again, written, strict=True):
                results[place] = result
            return results
        return [Unavailable()] * len(waiting)

    async def _is_filed(self, waiting: Waiting) -> Result:
        unit = waiting.unit
        if not isinstance(unit, Filing) or not unit.messages:
            return None
        first = unit.messages[0]
        arguments = {
            "account_id": first.account_id,
            "extension_id": first.extension_id,
            "id": first.id,
        }
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(IS_FILED.postgres, *IS_FILED.for_postgres(arguments))
        return FILED if rows else None

    async def close(self) -> None:
        """Write what waits, then close."""
        for queue in self.queues:
            queue.close()
        self._closing = True
        self.wake()
        await asyncio.gather(*self._tasks)
        await self._pool.close()
