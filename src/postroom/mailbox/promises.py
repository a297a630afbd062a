"""The answers that were promised to be given again."""

from typing import NamedTuple

from postroom.model.ids import AccountId
from postroom.store.database import Store
from postroom.store.idempotency import KEPT


class Kept(NamedTuple):
    """What is remembered of a first request: the digest of its body, and its answer."""

    body: bytes
    answer: bytes


async def kept(store: Store, account_id: AccountId, digest: bytes, now_ms: int) -> Kept | None:
    """The first answer to a key, unless it is older than a key's life."""
    rows = await store.look(KEPT, account_id=account_id, digest=digest, now=now_ms)
    return Kept(bytes(rows[0][0]), bytes(rows[0][1])) if rows else None
