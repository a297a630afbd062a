"""The server's own keys: made at first need, the same on every node and for ever."""

import secrets

from postroom.store.database import Store
from postroom.store.settings import READ_SETTING, keep_first

KEY_OCTETS = 32


async def key(store: Store, name: str) -> bytes:
    """The key of that name, 32 random octets; of two nodes that make it at once one wins."""
    setting = f"key.{name}"
    if rows := await store.look(READ_SETTING, name=setting):
        return bytes(rows[0][0])
    made = secrets.token_bytes(KEY_OCTETS)
    return await store.transact(lambda: keep_first(setting, made))
