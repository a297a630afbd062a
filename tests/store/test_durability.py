"""A database that would lose what it acknowledged is refused at start, and so is a newer one."""

import asyncpg
import pytest

from postroom.store.database import Store, StoreSettings, migrate
from postroom.store.migrations import NewerSchema
from postroom.store.postgres import UnsafeDatabase
from postroom.store.sqlite import SqliteEngine
from tests.databases import Postgres


async def run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("level", ["off", "local"])
async def test_postgresql_without_synchronous_commit_is_refused(
    postgres: Postgres, level: str
) -> None:
    dsn = await postgres.database()
    name = dsn.partition("?")[0].rpartition("/")[2]
    await run(dsn, f"ALTER DATABASE {name} SET synchronous_commit = {level}")
    store = Store(StoreSettings(dsn=dsn))

    with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
        await store.open()

    await postgres.drop(dsn)


async def test_sqlite_syncs_every_commit(store: Store) -> None:
    if isinstance(store.engine, SqliteEngine):
        # 2 is FULL.
        assert list(store.engine._writer.execute("PRAGMA synchronous")) == [(2,)]


async def test_a_database_of_a_newer_version_is_refused(store_settings: StoreSettings) -> None:
    store = Store(store_settings)
    await store.open()
    if isinstance(store.engine, SqliteEngine):
        store.engine._writer.execute("INSERT INTO schema_version VALUES (9999)")
    else:
        assert store_settings.dsn is not None
        await run(store_settings.dsn, "INSERT INTO schema_version VALUES (9999)")
    await store.close()

    with pytest.raises(NewerSchema, match="9999"):
        await migrate(store_settings)


async def test_the_steps_end_where_the_tables_are(store_settings: StoreSettings) -> None:
    assert await migrate(store_settings) == []
