import asyncio

from postroom.directory.keys import key
from postroom.store.database import Store, StoreSettings


async def test_a_key_is_made_once_and_kept(store: Store, store_settings: StoreSettings) -> None:
    other = Store(store_settings)
    await other.open()

    made = await asyncio.gather(*(key(node, "jwt") for node in (store, other) * 8))
    await other.close()

    assert len(set(made)) == 1
    assert len(made[0]) == 32
    assert await key(store, "refresh") != made[0]
