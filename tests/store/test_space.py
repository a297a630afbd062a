"""SQLite's file becomes smaller when what it held is gone."""

from pathlib import Path

import apsw
import pytest

from postroom.model.ids import AccountId, ExtensionId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.store.database import Store, StoreSettings, migrate
from postroom.store.space import compact
from tests.store import office

TEXT = "x" * 3000
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def full(store: Store) -> Store:
    """A store from which most of its content was purged."""
    await office.furnish(store)
    await fill_and_purge(store)
    return store


async def fill_and_purge(store: Store) -> None:
    copies = [office.message(1, text=TEXT) for _ in range(1000)]
    await store.file(office.filing(*copies))
    await store.mark(
        Marking(
            account_id=AccountId(office.ACCOUNT),
            extension_id=ExtensionId(1),
            version=1,
            ids=tuple(copy.id for copy in copies),
            now_ms=office.NOW,
            step=Step.ERASE,
        )
    )


def pages(path: Path) -> tuple[int, int]:
    """How many pages the database has, and how many of them are free."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    [[count]] = connection.execute("PRAGMA page_count")
    [[free]] = connection.execute("PRAGMA freelist_count")
    connection.close()
    return int(count), int(free)


async def test_free_pages_are_given_back_step_by_step_but_for_some(full: Store) -> None:
    path = full.settings.path
    assert path is not None
    before, free = pages(path)
    assert free > 600

    given = 0
    while step := await full.reclaim(spare=100):
        assert step <= 256
        given += step

    after, left = pages(path)
    assert before - after >= given > 0
    assert 100 <= left < 100 + 256


async def test_an_older_file_uses_its_free_pages_again_and_shrinks_once_compacted(
    tmp_path: Path, engine: str
) -> None:
    path = tmp_path / "older.db"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA auto_vacuum = NONE; CREATE TABLE before (x)")
    connection.close()
    await migrate(StoreSettings(path=path))
    store = Store(StoreSettings(path=path))
    await store.open()
    await office.furnish(store)
    await fill_and_purge(store)
    first, _ = pages(path)

    await fill_and_purge(store)
    again, free = pages(path)
    nothing = await store.reclaim(spare=0)
    before, after = compact(path)
    await fill_and_purge(store)
    given = await store.reclaim(spare=0)
    await store.close()

    assert again < first * 1.3
    assert (engine, nothing) == ("sqlite", 0)
    assert free > 600
    assert after < before / 2
    assert given > 0
