"""The steps, taken one after the other, end at the schema that the statements are written for."""

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from postroom.store import migrations
from postroom.store.database import StoreSettings
from postroom.store.tables import GLOBAL, metadata
from tests.databases import Postgres

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_version'
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"


@pytest.mark.filterwarnings(
    "ignore::sqlalchemy.exc.SAWarning", "ignore:.*autogenerate.*:UserWarning"
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_on_sqlite_nothing_is_left_to_be_migrated(store_settings: StoreSettings) -> None:
    assert store_settings.path is not None
    engine = create_engine(f"sqlite:///{store_settings.path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        left = compare_metadata(context, metadata)
    engine.dispose()

    # An index on an expression cannot be read back from SQLite; on PostgreSQL it is compared.
    # What SQLite's full-text engine makes for itself is no table of ours.
    known = ("schema_version", "extension_by_email", "search_words", "searchable_words")
    assert [one for one in map(str, left) if not any(name in one for name in known)] == []


async def test_on_postgresql_tables_and_indexes_are_the_same(postgres: Postgres) -> None:
    migrated, made = await postgres.database(), await postgres.database(empty=True)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    connection = await asyncpg.connect(made)
    for table in metadata.sorted_tables:
        await connection.execute(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            await connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
    await connection.close()

    assert await described(migrated) == await described(made)

    await postgres.drop(migrated)
    await postgres.drop(made)


async def described(dsn: str) -> tuple[set[tuple[object, ...]], set[str]]:
    """Columns and indexes of a database."""
    connection = await asyncpg.connect(dsn)
    columns = {tuple(row) for row in await connection.fetch(COLUMNS)}
    indexes = {row[0] for row in await connection.fetch(INDEXES)}
    await connection.close()
    return columns, indexes


def test_steps_are_numbered_without_a_gap() -> None:
    assert migrations.numbers() == list(range(1, len(migrations.numbers()) + 1))


def test_every_key_of_message_data_begins_with_the_account() -> None:
    for table in metadata.sorted_tables:
        first = next(iter(table.primary_key.columns)).name
        assert (first == "account_id") == (table.name not in GLOBAL)
