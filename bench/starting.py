"""From the command to the first answer."""

import tempfile
from pathlib import Path

from bench.machine import commanded
from bench.report import Row, Table, median

ROUNDS = 5


def measure(dsns: dict[str, str | None]) -> Table:
    """The first start seeds the demo company; the others find it."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            seconds = []
            for _ in range(ROUNDS + 1):
                with commanded(Path(folder), dsn) as running:
                    seconds.append(running.ready_seconds)
        rows.append(
            {
                "store": engine,
                "first start s": f"{seconds[0]:.2f}",
                "later starts s": f"{median(seconds[1:]):.2f}",
            }
        )
    return Table("Ready after the start", "<= 2 s", rows)
