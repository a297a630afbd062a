"""A page to a department of a thousand members, alone and beside single sends."""

import tempfile
import time
from pathlib import Path

import uvloop

from bench.furniture import crowd
from bench.machine import MINE, serving
from bench.reading import Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings

PAGE = '{"to":[{"extensionNumber":"201"}],"text":"Fire drill at noon"}'
ROUNDS = 30


def measure(dsns: dict[str, str | None]) -> Table:
    """Thousand and two copies in one request."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            uvloop.run(crowd(settings(0, Path(folder), dsn, None)))
            with serving("house", Path(folder), dsn) as running:
                connection, token = Connection(running), running.token()
                seen = []
                for _ in range(ROUNDS):
                    begun = time.perf_counter()
                    connection.ask("POST", f"{MINE}/company-pager", token, PAGE)
                    seen.append(time.perf_counter() - begun)
        rows.append(
            {
                "store": engine,
                "p50 ms": f"{median(seen) * 1e3:.0f}",
                "p99 ms": f"{percentile(seen, 0.99) * 1e3:.0f}",
            }
        )
    return Table("A page to a department of 1,000", "<= 150 ms", rows)
