"""Another process that works on an outbox, to be killed or frozen by a test.

    python -m tests.workers.child DATABASE PORT WINDOW

DATABASE is a DSN, or the path of a SQLite file; PORT is where the message centre listens.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from postroom.store.database import Store, StoreSettings
from tests.smsc import Smsc
from tests.workers.posts import posting, smpp
from tests.workers.processes import Process


def database(where: StoreSettings) -> str:
    """How the child is told where the store is."""
    return where.dsn or str(where.path)


@asynccontextmanager
async def child(where: StoreSettings, smsc: Smsc, window: int = 100) -> AsyncIterator[Process]:
    """A child at work; killed at the end if it still lives."""
    process = Process("tests.workers.child", database(where), str(smsc.port), str(window))
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def work(where: str, port: int, window: int) -> None:
    """Work until killed."""
    is_dsn = where.startswith("postgres")
    store = Store(StoreSettings(dsn=where) if is_dsn else StoreSettings(path=Path(where)))
    await store.open()
    async with posting(store, smpp(Smsc(port=port), window=window)):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
