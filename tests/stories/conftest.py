"""An office for each story, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.store.blobs import LocalBlobs
from postroom.store.database import Store, StoreSettings, migrate
from tests.databases import ENGINES, Postgres
from tests.office import Office, opened
from tests.transfers import Place


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house with the demo company."""
    async with opened(store_settings, tmp_path) as office:
        yield office


@pytest.fixture
async def elsewhere(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path
) -> AsyncIterator[Place]:
    """An empty store: on the engine that the test names, else on the one the office has not."""
    server: Postgres | None = None
    [other] = set(ENGINES) - {engine}
    if getattr(request, "param", other) == "sqlite":
        where = StoreSettings(path=tmp_path / "elsewhere.db")
        await migrate(where)
    else:
        server = request.getfixturevalue("postgres")
        where = StoreSettings(dsn=await server.database())
    store = Store(where)
    await store.open()
    yield Place(store, LocalBlobs(tmp_path / "elsewhere"))
    await store.close()
    if server is not None:
        assert where.dsn is not None
        await server.drop(where.dsn)


@pytest.fixture
def here(office: Office) -> Place:
    """The office's own store."""
    blobs = office.house.counter.blobs
    assert isinstance(blobs, LocalBlobs)
    return Place(office.house.store, blobs)
