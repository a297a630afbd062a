"""Erasing objects: what a purge let go, and what no message names.

A purge writes the names of its objects in its own transaction.  They are erased after the commit,
at once if that works, else by the sweeper; erasing twice does no harm.
"""

import time
from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec

from postroom.model.ids import AccountId
from postroom.model.marking import Marked
from postroom.model.message import Attachment
from postroom.model.objects import owner_of
from postroom.observability import logs, metrics
from postroom.store import erasures
from postroom.store.blobs import Blobs, Stored, UnsafeKey
from postroom.store.database import Store

SAFE_SECONDS = 24 * 3600.0
"""An object without a row may be about to get one; so old, it is not.  Real time."""
AT_ONCE = 200
log = logs.get("mailbox.erasing")


async def let_go(
    store: Store, blobs: Blobs, account_id: AccountId, marked: Iterable[Marked]
) -> None:
    """Erase what a committed change let go; what fails is left to the sweeper."""
    keys = [key for one in marked for key in one.objects]
    if not keys:
        return
    try:
        await erase(store, blobs, account_id, keys)
    except Exception as error:
        log.warning("objects left to the sweeper", count=len(keys), problem=type(error).__name__)


async def erase(store: Store, blobs: Blobs, account_id: AccountId, keys: Sequence[str]) -> int:
    """Erase objects and forget that they were to be erased; how many went."""
    gone = [key for key in keys if await _erased(blobs, key)]
    if gone:
        await store.transact(lambda: erasures.done(account_id, gone), account_id, bulk=True)
        metrics.erased.add((), len(gone))
    return len(gone)


async def erase_orphan(blobs: Blobs, key: str) -> bool:
    """Erase an object that no message names; whether it went."""
    gone = await _erased(blobs, key)
    if gone:
        metrics.erased.add()
        log.info("erased an object that no message names", key=key)
    return gone


async def _erased(blobs: Blobs, key: str) -> bool:
    try:
        await blobs.erase(key)
    except UnsafeKey:
        log.error("an object's name leads elsewhere: it is not touched", key=key)
    except Exception as error:
        log.warning("object not erased", key=key, problem=type(error).__name__)
        return False
    return True


async def waiting(store: Store, account_id: AccountId, limit: int) -> AsyncIterator[list[str]]:
    """The objects that wait to be erased, some at a time; each is seen once."""
    behind = ""
    while rows := await store.fetch(
        erasures.DUE, account_id=account_id, behind=behind, limit=limit
    ):
        behind = rows[-1][0]
        yield [row[0] for row in rows]


async def orphans(
    store: Store, blobs: Blobs, real_seconds: float | None = None
) -> AsyncIterator[str]:
    """Objects that are old enough and that no message names.

    Those whose names say no message, or an account that is not here, are left alone, but for files
    that were never finished.
    """
    now = time.time() if real_seconds is None else real_seconds
    some: list[Stored] = []
    async for one in blobs.everything():
        if now - one.written < SAFE_SECONDS:
            continue
        if one.key.rpartition("/")[2].startswith("."):
            yield one.key
            continue
        if owner_of(one.key) is not None:
            some.append(one)
        if len(some) >= AT_ONCE:
            for key in await _unnamed(store, some):
                yield key
            some = []
    for key in await _unnamed(store, some):
        yield key


async def _unnamed(store: Store, some: Sequence[Stored]) -> list[str]:
    mailboxes: dict[tuple[int, int], dict[str, int]] = {}
    for one in some:
        if owner := owner_of(one.key):
            keys = mailboxes.setdefault((owner.account_id, owner.extension_id), {})
            keys[one.key] = owner.message_id
    found: list[str] = []
    for (account_id, extension_id), keys in mailboxes.items():
        rows = await store.look(
            erasures.NAMED,
            account_id=account_id,
            extension_id=extension_id,
            ids=sorted(set(keys.values())),
        )
        if not rows:  # another house's account, whose messages nobody here knows
            continue
        named = {key for (attachments,) in rows for key in _keys(attachments)}
        found += (key for key in keys if key not in named)
    return found


def _keys(attachments: str | None) -> list[str]:
    if attachments is None:
        return []
    return [one.key for one in msgspec.json.decode(attachments, type=tuple[Attachment, ...])]
