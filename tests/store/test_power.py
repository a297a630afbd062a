"""A power cut loses nothing that was acknowledged; with less syncing it would."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from postroom.model.filing import Filing
from postroom.store import sqlite
from postroom.store.database import Store, StoreSettings, migrate
from tests.store import office
from tests.store.lossy import LossyVfs, Platter

WRITERS = 16
CUTS = 5


@pytest.fixture
def platter() -> Iterator[Platter]:
    """A disk under the VFS `lossy`."""
    disk = Platter()
    vfs = LossyVfs("lossy", disk)
    yield disk
    vfs.unregister()


async def lost_at_power_cuts(folder: Path, platter: Platter) -> int:
    """How many acknowledged messages are gone after power cuts under sixteen writers."""
    settings = StoreSettings(path=folder / "postroom.db")
    await migrate(settings)
    store = Store(settings, vfs="lossy")
    await store.open()
    await office.furnish(store)
    acknowledged: set[int] = set()
    writers = [asyncio.ensure_future(_write(store, acknowledged)) for _ in range(WRITERS)]
    lost = 0
    for cut in range(CUTS):
        await asyncio.sleep(random.uniform(0.02, 0.15))
        until_now = set(acknowledged)
        platter.cut_power(folder / f"after{cut}")
        lost += len(until_now - _left(folder / f"after{cut}" / "postroom.db"))
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    await store.close()
    assert acknowledged
    return lost


async def _write(store: Store, acknowledged: set[int]) -> None:
    while True:
        filing: Filing = office.filing()
        await store.file(filing)
        acknowledged.add(filing.messages[0].id)


def _left(path: Path) -> set[int]:
    connection = apsw.Connection(str(path))
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    left = {row[0] for row in connection.execute("SELECT id FROM message")}
    connection.close()
    return left


async def test_a_power_cut_loses_nothing_that_was_acknowledged(
    tmp_path: Path, platter: Platter
) -> None:
    assert await lost_at_power_cuts(tmp_path, platter) == 0


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
async def test_less_syncing_would_lose_acknowledged_messages(
    level: str, tmp_path: Path, platter: Platter, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker = tuple(
        pragma.replace("synchronous = FULL", f"synchronous = {level}") for pragma in sqlite.PRAGMAS
    )
    monkeypatch.setattr(sqlite, "PRAGMAS", weaker)

    try:
        lost = await lost_at_power_cuts(tmp_path, platter)
    except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError):
        return

    assert lost > 0
