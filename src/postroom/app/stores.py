"""The store and the objects of a configuration, and ids to give."""

import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import msgspec

from postroom.config import Settings
from postroom.mailbox.ageing import Ageing
from postroom.model.keeping import Keeping
from postroom.observability import logs
from postroom.store.blobs import Blobs, LocalBlobs, S3Blobs
from postroom.store.database import Store, StoreSettings, migrate
from postroom.store.id_workers import IdLease
from postroom.store.obstacles import obstacle
from postroom.workers.sweeping import Sweeper

log = logs.get("app")
DISK_FAILED = 70
LITTLE = 1_024
"""KiB that SQLite's readers keep in a command, which reads everything once."""
AT_ONCE = {"sqlite": 20, "postgresql": 100}
"""Messages that the sweeper moves in one transaction.  Source: scale-and-inbox.md 2.3."""


def store_settings(settings: Settings) -> StoreSettings:
    """Where the store is, by the configuration."""
    path = settings.store.sqlite_file
    return StoreSettings(
        path=path,
        dsn=None if path is not None else settings.store.url,
        queue_limit=settings.store.queue,
        readers=settings.store.readers,
        writers=settings.store.writers,
        keeping=keeping(settings),
    )


def keeping(settings: Settings) -> Keeping:
    """How long and how many messages are kept for accounts that chose nothing."""
    chosen = msgspec.structs.asdict(settings.keeping)
    return Keeping(**{name: chosen[name] for name in Keeping.__struct_fields__})


def sweeper(settings: Settings, store: Store, blobs: Blobs, clock: Callable[[], int]) -> Sweeper:
    """What lets messages age; SQLite, whose writers wait for each other, takes smaller pieces."""
    at_once = AT_ONCE["sqlite" if settings.store.sqlite_file is not None else "postgresql"]
    ageing = Ageing(store, blobs, keeping(settings), at_once)
    return Sweeper(ageing=ageing, clock=clock, every=float(settings.keeping.every))


def _disk_failed(error: BaseException) -> None:
    """A sync failed: nothing can be promised any more.  A supervisor starts the process again."""
    log.critical("the disk does not keep what is written: stopping", exc_info=error)
    os._exit(DISK_FAILED)


class Unusable(Exception):
    """The store cannot be opened, or must not be: the sentence says why."""


@contextlib.asynccontextmanager
async def opened(settings: Settings, *, frugal: bool = False) -> AsyncIterator[Store]:
    """The migrated, open store; a `frugal` one keeps little in memory.  Raises `Unusable`."""
    where = store_settings(settings)
    if frugal:
        where = replace(where, reader_cache=LITTLE)
    store = Store(where, fatal=_disk_failed)
    try:
        await migrate(store.settings)
        await store.open()
    except Exception as error:
        raise Unusable(obstacle(error, store.settings)) from error
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def giving_ids(store: Store) -> AsyncIterator[Iterator[int]]:
    """Ids to give, for a command that needs a few of them."""
    lease = IdLease(f"{os.getpid()}-{secrets.token_hex(4)}")
    ids = await lease.acquire(store)
    try:
        yield ids
    finally:
        await lease.release()


def blobs(settings: Settings) -> Blobs:
    """Where binary content is kept."""
    directory = settings.store.objects_directory
    if directory is not None:
        return LocalBlobs(directory)
    bucket, _, prefix = settings.store.objects.removeprefix("s3://").partition("/")
    s3 = settings.s3
    options = {
        "region": s3.region,
        "endpoint": s3.endpoint,
        "access_key_id": s3.access_key_id,
        "secret_access_key": s3.secret_access_key,
        "allow_http": "true" if s3.allow_http else "",
    }
    return S3Blobs(bucket, prefix, **{name: value for name, value in options.items() if value})
