"""Pages of a hundred records while the sweeper purges a hundred thousand messages beside them."""

import json
import tempfile
import time
from pathlib import Path

import uvloop

from bench.furniture import delete_all, fill
from bench.machine import MINE, Running, serving
from bench.reading import Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings

MANY = 100_000
SIZES = {"102": 1_000, "103": MANY, "107": 10_000}
READERS = {"102": "RC_USER_JWT_102", "107": "RC_USER_JWT_107"}
SWEPT, SWEPT_JWT = "103", "RC_USER_JWT_103"
DELETED_DAYS_AGO = 6
IDLE_SECONDS = 20.0
LONGEST_SECONDS = 600.0
ASKED_EVERY = 100
PAGE = f"{MINE}/message-store?dateFrom=2000-01-01&perPage=100"
LEFT = f"{MINE}/message-store?dateFrom=2000-01-01&availability=Deleted&perPage=1"


def measure(dsns: dict[str, str | None]) -> Table:
    """The same pages with nothing to do, then during a purge."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            where = settings(0, Path(folder), dsn, None)
            uvloop.run(fill(where, SIZES))
            uvloop.run(delete_all(where, SWEPT, DELETED_DAYS_AGO))
            with serving("house", Path(folder), dsn) as running:
                idle = _pages(running, purging=False)
            with serving("sweeping", Path(folder), dsn) as running:
                begun = time.perf_counter()
                busy = _pages(running, purging=True)
                seconds = time.perf_counter() - begun
        rows.append(_row(engine, idle, busy, MANY / seconds))
    return Table(
        "Pages during a purge of 100,000 messages", "p99 during the purge <= 2 x idle", rows
    )


def _pages(running: Running, *, purging: bool) -> list[float]:
    """Seconds of each page, until everything is purged, or for a while."""
    connection = Connection(running)
    tokens = [running.token(name) for name in READERS.values()]
    watching = running.token(SWEPT_JWT)
    seen: list[float] = []
    end = time.perf_counter() + (LONGEST_SECONDS if purging else IDLE_SECONDS)
    for token in tokens * 20:
        connection.ask("GET", PAGE, token)
    while time.perf_counter() < end and (not purging or _is_left(connection, watching)):
        for _ in range(ASKED_EVERY // len(tokens)):
            for token in tokens:
                before = time.perf_counter()
                connection.ask("GET", PAGE, token)
                seen.append(time.perf_counter() - before)
    return seen


def _is_left(connection: Connection, token: str) -> bool:
    """Whether any message still waits to be purged."""
    return bool(json.loads(connection.ask("GET", LEFT, token))["records"])


def _row(engine: str, idle: list[float], busy: list[float], rate: float) -> Row:
    still, moving = percentile(idle, 0.99), percentile(busy, 0.99)
    return {
        "store": engine,
        "idle p50 ms": f"{median(idle) * 1e3:.2f}",
        "idle p99 ms": f"{still * 1e3:.2f}",
        "p50 ms": f"{median(busy) * 1e3:.2f}",
        "p99 ms": f"{moving * 1e3:.2f}",
        "p99 / idle p99": f"{moving / still:.2f}",
        "purged a second": f"{rate:.0f}",
        "pages": str(len(busy)),
    }
