from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.store.database import StoreSettings, migrate
from tests.office import Office, opened


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A running house with the demo company, on SQLite: the pages do not know the engine."""
    where = StoreSettings(path=tmp_path / "postroom.db")
    await migrate(where)
    async with opened(where, tmp_path) as office:
        yield office
