"""`python -m bench [PART …]`: run the benchmark and print its tables."""

import asyncio
import contextlib
import sys
from collections.abc import Callable, Iterator

from bench import (
    draining,
    exporting,
    filtering,
    paging_everybody,
    reading,
    searching,
    sending,
    starting,
    sweeping,
    syncing,
)
from bench.machine import describe
from bench.report import Table
from bench.seasoning import season
from tests.databases import running_postgres

PARTS: dict[str, Callable[[dict[str, str | None]], Table]] = {
    "starting": starting.measure,
    "sending": sending.measure,
    "reading": reading.measure,
    "syncing": syncing.measure,
    "filters": filtering.measure,
    "searching": searching.measure,
    "department": paging_everybody.measure,
    "draining": draining.measure,
    "sweeping": sweeping.measure,
    "exporting": exporting.measure,
}


@contextlib.contextmanager
def databases() -> Iterator[Callable[[], dict[str, str | None]]]:
    """Both engines; a new PostgreSQL database at each call."""
    with running_postgres() as postgres:
        asyncio.run(season(postgres.dsn("postgres")))
        yield lambda: {"sqlite": None, "postgresql": asyncio.run(postgres.database(empty=True))}


def main() -> None:
    """Run what is named, or everything."""
    wanted = sys.argv[1:] or list(PARTS)
    print(f"# Postroom's benchmark\n\n{describe()}\n", flush=True)
    with databases() as fresh:
        for name in wanted:
            print(PARTS[name](fresh()).show(), flush=True)


if __name__ == "__main__":
    main()
