"""An office on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from postroom.store.database import StoreSettings
from tests.office import Office, opened


@pytest.fixture
async def office(store_settings: StoreSettings, tmp_path: Path) -> AsyncIterator[Office]:
    """A running house with the demo company."""
    async with opened(store_settings, tmp_path) as office:
        yield office
