import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from postroom.directory import demo
from postroom.directory.passwords import Passwords
from postroom.store.database import Store, StoreSettings
from tests.directory.lobby import Clock, Lobby, open_lobby
from tests.directory.staff import Staff, staffed


@pytest.fixture(scope="session")
def passwords() -> Iterator[Passwords]:
    passwords = Passwords()
    yield passwords
    passwords.close()


@pytest.fixture
async def lobby(store: Store, passwords: Passwords) -> Lobby:
    """The demo company, seeded into an empty store."""
    clock = Clock()
    values = await demo.seed(store, itertools.count(1_000), clock, "http://127.0.0.1:8088")
    return await open_lobby(store, clock, values, passwords)


@pytest.fixture
async def elsewhere(
    lobby: Lobby, store_settings: StoreSettings, passwords: Passwords
) -> AsyncIterator[Lobby]:
    """Another process on the same database."""
    store = Store(store_settings)
    await store.open()
    yield await open_lobby(store, lobby.clock, lobby.values, passwords)
    await store.close()


@pytest.fixture
async def staff(store: Store) -> Staff:
    """A company whose directory is changed."""
    return await staffed(store)
