"""What all tests share: the event loop, both engines, and what to do when something is lacking."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from postroom.store.database import Store, StoreSettings, migrate
from tests.databases import ENGINES, Postgres, running_postgres


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of the session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine: what takes this runs on both."""
    return str(request.param)


@pytest.fixture
async def store_settings(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[StoreSettings]:
    """A new, migrated database of the engine."""
    if engine == "sqlite":
        settings = StoreSettings(path=tmp_path / "postroom.db")
        await migrate(settings)
        yield settings
        return
    server: Postgres = request.getfixturevalue("postgres")
    dsn = await server.database()
    yield StoreSettings(dsn=dsn)
    await server.drop(dsn)


@pytest.fixture
async def store(store_settings: StoreSettings) -> AsyncIterator[Store]:
    """An open store on a new database."""
    store = Store(store_settings)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
async def dsn(engine: str, request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """For a server in a process of its own: an empty PostgreSQL database; `None` for SQLite."""
    if engine == "sqlite":
        yield None
        return
    server: Postgres = request.getfixturevalue("postgres")
    dsn = await server.database(empty=True)
    yield dsn
    await server.drop(dsn)
