import pytest

from postroom.store.database import Store
from tests.store import office


@pytest.fixture
async def furnished(store: Store) -> None:
    """A small office."""
    await office.furnish(store)
