"""A server that is killed again and again under sixteen writers, and what must be there after."""

import asyncio
import os
import random
from pathlib import Path

from tests.crash import audit
from tests.crash.writers import Writers
from tests.server import Server, free_port, launch, start

CI = os.environ.get("CI") == "true"
KILLS = int(os.environ.get("POSTROOM_TEST_KILLS", "50" if CI else "20"))
"""Of each engine: 100 in all where everything is tested."""
LONGEST_SECONDS = 0.6
EVERY = 10
"""So often a kill falls into the start, and so often the database is looked at in between."""


async def killed_again_and_again(server: Server, where: Path | str, dsn: str | None) -> Writers:
    """The writers, still writing, after all kills."""
    folder, port = server.folder, server.port
    writers = Writers(port, await server.log_in(101))
    writers.start()
    for kill in range(1, KILLS + 1):
        await writers.progress()
        await asyncio.sleep(random.uniform(0.0, LONGEST_SECONDS))
        await server.kill()
        if kill % EVERY == 0:
            await killed_at_its_start(folder, port, dsn)
        server = await start(folder, dsn=dsn, port=port)
    await writers.progress(100)
    await writers.stop()
    assert await server.stop() == 0, server.output()
    await audit.check(where, writers.ledger)
    return writers


async def killed_at_its_start(folder: Path, port: int, dsn: str | None) -> None:
    server = launch(folder, port, None, dsn, demo=True)
    await asyncio.sleep(random.uniform(0.0, 2.0))
    await server.kill()


async def killed(folder: Path, dsn: str | None) -> None:
    """Kill it, and look for everything that was answered."""
    server = await start(folder, dsn=dsn, port=free_port())
    where = dsn or folder / "postroom.db"

    writers = await killed_again_and_again(server, where, dsn)

    ledger = writers.ledger
    print(f"{KILLS} kills, {len(ledger.answered)} answered, {len(ledger.unknown)} not")
    assert len(ledger.answered) > KILLS
    assert len(audit.lost(ledger)) <= 16
