"""Searching by words, beside the same server without an index, which scans the mailbox."""

import tempfile
import time
from pathlib import Path

import msgspec
import uvloop

from bench.furniture import fill, varied
from bench.machine import MINE, Running, serving
from bench.reading import JWT, Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings

SIZES = {"102": 1_000, "103": 10_000, "107": 100_000}
LARGE = "107"
ROUNDS, SCANS = 40, 12
SEARCHES = {
    "one": "{n}",
    "one in a thousand": "subject{n}",
    "one in a hundred": "topic{n}",
    "every": "mailbox",
    "two words": "mailbox%20topic{n}",
    "quoted": "%22topic{n}%20subject{n}%22",
    "prefix": "subject{n}*",
    "none": "giraffe{n}",
}


def measure(dsns: dict[str, str | None]) -> Table:
    """Each search in each mailbox of both servers, in turn."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            uvloop.run(fill(settings(0, Path(folder), dsn, None), SIZES, varied))
            with (
                serving("house", Path(folder), dsn) as house,
                serving("scanning", Path(folder), dsn) as scanning,
            ):
                searching, scan = Asking(house), Asking(scanning)
                rows += [_row(engine, name, searching, scan) for name in SEARCHES]
    goals = "p50 at 1e5 <= 20 ms, and no slower than the scan: index / scan <= 1"
    return Table("Searching by words", goals, rows)


class Asking:
    """A client of one of the servers, with everybody's tokens."""

    def __init__(self, running: Running) -> None:
        self.connection = Connection(running)
        self.tokens = {number: running.token(JWT[number]) for number in SIZES}

    def timed(self, number: str, words: str, n: int) -> tuple[float, object]:
        """Seconds, and what was found; the date is another one each time, so nothing is known."""
        path = (
            f"{MINE}/message-store?search={words}&dateFrom=2000-01-01T00:{n // 60:02}:{n % 60:02}Z"
        )
        begun = time.perf_counter()
        body = self.connection.ask("GET", path, self.tokens[number])
        seconds = time.perf_counter() - begun
        page = msgspec.json.decode(body)
        ids = [record["id"] for record in page["records"]]
        return seconds, (ids, page["paging"].get("totalElements"))


def _row(engine: str, name: str, searching: Asking, scanning: Asking) -> Row:
    seen: dict[str, list[float]] = {number: [] for number in SIZES}
    scan: dict[str, list[float]] = {number: [] for number in SIZES}
    for n in range(10, 10 + ROUNDS):
        words = SEARCHES[name].format(n=n)
        for number in SIZES:
            seconds, found = searching.timed(number, words, n)
            seen[number].append(seconds)
            if n < 10 + SCANS:
                seconds, expected = scanning.timed(number, words, n)
                scan[number].append(seconds)
                if found != expected:
                    raise RuntimeError(f"{words} in {SIZES[number]}: {found} or {expected}")
    ratio = {number: median(seen[number]) / median(scan[number]) for number in SIZES}
    return {
        "store": engine,
        "found": name,
        **{f"ms at {_size(number)}": _ms(median(seen[number])) for number in SIZES},
        f"p99 ms at {_size(LARGE)}": _ms(percentile(seen[LARGE], 0.99)),
        **{f"scan ms at {_size(number)}": _ms(median(scan[number])) for number in SIZES},
        **{f"/ scan at {_size(number)}": f"{ratio[number]:.2f}" for number in SIZES},
    }


def _size(number: str) -> str:
    return f"{SIZES[number]:.0e}".replace("+0", "")


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"
