"""A store that cannot be used is told of in one sentence, without the name of a class."""

import errno
from pathlib import Path

import apsw
import asyncpg
import pytest

from postroom.store.database import StoreSettings
from postroom.store.obstacles import obstacle
from postroom.store.postgres import UnsafeDatabase
from tests.cli.desk import Desk
from tests.databases import Postgres

FILE = StoreSettings(path=Path("postroom.db"))
SERVER = StoreSettings(dsn="postgresql://127.0.0.1/postroom")
KINDS: list[tuple[Exception, StoreSettings, str]] = [
    (apsw.NotADBError("file is not a database"), FILE, "postroom.db is not a database"),
    (apsw.CorruptError("malformed"), FILE, "postroom.db is damaged"),
    (apsw.FullError("full"), FILE, "the disk is full"),
    (OSError(errno.ENOSPC, "No space left on device"), FILE, "the disk is full"),
    (apsw.ReadOnlyError("readonly"), FILE, "permission denied"),
    (PermissionError(errno.EACCES, "Permission denied"), FILE, "permission denied"),
    (IsADirectoryError(errno.EISDIR, "Is a directory"), FILE, "postroom.db cannot be opened"),
    (apsw.BusyError("locked"), FILE, "another process keeps postroom.db locked"),
    (apsw.IOError("disk I/O error"), FILE, "the disk does not read or write postroom.db"),
    (ConnectionRefusedError("refused"), SERVER, "cannot connect to PostgreSQL: refused"),
    (TimeoutError(), SERVER, "cannot connect to PostgreSQL: it says no more"),
    (asyncpg.InvalidPasswordError("no"), SERVER, "PostgreSQL refuses the user or the password"),
    (asyncpg.InvalidCatalogNameError("no"), SERVER, "PostgreSQL has no such database"),
    (asyncpg.InsufficientPrivilegeError("no"), SERVER, "permission denied by PostgreSQL"),
    (asyncpg.DiskFullError("no"), SERVER, "the disk of PostgreSQL is full"),
    (UnsafeDatabase("PostgreSQL runs with fsync = off"), SERVER, "PostgreSQL runs with fsync"),
]


@pytest.mark.parametrize(("error", "settings", "told"), KINDS, ids=lambda one: type(one).__name__)
def test_every_kind_of_obstacle_has_its_sentence(
    error: Exception, settings: StoreSettings, told: str
) -> None:
    sentence = obstacle(error, settings)

    assert sentence.startswith(told)
    assert type(error).__name__ not in sentence
    assert "{" not in sentence


def test_a_file_that_is_no_database_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "postroom.db").write_bytes(b"anything else " * 1000)

    said = Desk(folder=tmp_path).refused("extension", "list")

    assert "postroom.db is not a database" in said
    assert "Error" not in said


def test_a_server_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path, dsn="postgresql://postroom@127.0.0.1:1/postroom")

    said = desk.refused("extension", "list")

    assert "cannot connect to PostgreSQL" in said
    assert "Error" not in said


async def test_a_postgresql_that_forgets_is_told_of(tmp_path: Path, postgres: Postgres) -> None:
    dsn = await postgres.database()
    connection = await asyncpg.connect(dsn)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await connection.close()

    said = Desk(folder=tmp_path, dsn=dsn).refused("extension", "list")

    assert "synchronous_commit = off" in said
    assert "UnsafeDatabase" not in said
    await postgres.drop(dsn)


async def test_a_newer_postgresql_database_is_refused(tmp_path: Path, postgres: Postgres) -> None:
    dsn = await postgres.database()
    connection = await asyncpg.connect(dsn)
    await connection.execute("INSERT INTO schema_version VALUES (9999)")
    versions = "SELECT number FROM schema_version ORDER BY number"
    before = await connection.fetch(versions)

    desk = Desk(folder=tmp_path, dsn=dsn)
    for words in (("serve", "--listen", "127.0.0.1:0"), ("extension", "list")):
        said = desk.refused(*words)
        assert "the database is at schema 9999, this Postroom knows" in said
        assert "NewerSchema" not in said

    assert await connection.fetch(versions) == before
    await connection.close()
    await postgres.drop(dsn)
