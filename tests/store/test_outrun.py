"""A directory that changes while a batch waits for its locks: nothing is filed by the old one."""

import asyncio

import asyncpg
import pytest

from postroom.model.errors import Outdated
from postroom.store.database import Store, StoreSettings
from postroom.store.units import Filed
from tests.databases import Postgres
from tests.store import office

LOCK = "SELECT 1 FROM mailbox WHERE account_id = 1 AND extension_id = 1 FOR UPDATE"
RAISE = "UPDATE account SET {} = {} + 1 WHERE id = 1"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


async def waiting(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Until somebody waits for a lock."""
    async with asyncio.timeout(10):
        while not await connection.fetchval(WAITING):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("version", ["directory_version", "session_version"])
async def test_what_changed_while_a_lock_was_waited_for_is_seen(
    postgres: Postgres, version: str
) -> None:
    dsn = await postgres.database()
    store = Store(StoreSettings(dsn=dsn))
    await store.open()
    await office.furnish(store)
    other, third = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    async with other.transaction():
        await other.execute(LOCK)
        filing = office.filing(session_version=1)
        filed = asyncio.ensure_future(store.file(filing))
        await waiting(third)
        await other.execute(RAISE.format(version, version))

    with pytest.raises(Outdated):
        await filed

    is_directory = version == "directory_version"
    fresh = office.filing(version=1 + is_directory, session_version=2 - is_directory)
    assert isinstance(await store.file(fresh), Filed)
    await other.close()
    await third.close()
    await store.close()
    await postgres.drop(dsn)
