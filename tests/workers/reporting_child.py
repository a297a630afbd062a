"""Another process that makes reports, and stops for ever when the first archive is written.

python -m tests.workers.reporting_child DATABASE FOLDER
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from postroom.app.house import real_clock
from postroom.directory.companies import Companies
from postroom.store.blobs import LocalBlobs
from postroom.store.database import Store, StoreSettings
from postroom.workers.reporting import Reporter
from tests.workers.child import database
from tests.workers.processes import Process


class Stopping(LocalBlobs):
    """Objects of which the first is written, and nothing after it."""

    async def put_file(self, key: str, file: IO[bytes]) -> None:
        """Write it, say so, and never come back."""
        await super().put_file(key, file)
        print("written", flush=True)
        await asyncio.Event().wait()


@asynccontextmanager
async def child(where: StoreSettings, folder: Path) -> AsyncIterator[Process]:
    """A child at work; killed at the end if it still lives."""
    process = Process("tests.workers.reporting_child", database(where), str(folder), told=True)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def work(where: str, folder: Path) -> None:
    """Work until killed."""
    is_dsn = where.startswith("postgres")
    store = Store(StoreSettings(dsn=where) if is_dsn else StoreSettings(path=Path(where)))
    await store.open()
    await Reporter(
        store=store,
        companies=Companies(store),
        blobs=Stopping(folder / "objects"),
        base="http://postroom.test",
        clock=real_clock,
        keep_ms=10**12,
    ).run()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
