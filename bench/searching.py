"""Searching by words, over HTTP, beside a plain scan of the mailbox in the same database."""

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from bench.furniture import fill, only_company, varied
from bench.machine import MINE, Running, serving
from bench.reading import JWT, Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings
from postroom.app import stores

SIZES = {"102": 1_000, "103": 10_000, "107": 100_000}
ROUNDS = 40
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
COLUMNS = "id, created_ms, subject, sender, recipients"
SCAN = (
    f"SELECT {COLUMNS} FROM message WHERE account_id = $1 AND extension_id = $2 "
    "AND availability = 0 AND {matches} ORDER BY created_ms DESC, id DESC LIMIT 100"
)
COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM message WHERE account_id = $1 AND extension_id = $2 "
    "AND availability = 0 AND {matches} LIMIT 10001) AS matches"
)


def measure(dsns: dict[str, str | None]) -> Table:
    """Each search in each mailbox, in turn; then the scan."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            where = settings(0, Path(folder), dsn, None)
            uvloop.run(fill(where, SIZES, varied))
            scans = uvloop.run(_scans(where, dsn))
            with serving("house", Path(folder), dsn) as running:
                for name, words in SEARCHES.items():
                    rows.append(_row(engine, name, words, running, scans[name]))
    goals = "p50 at 1e5 <= 20 ms, and below that of a plain scan"
    return Table("Searching by words", goals, rows)


def _row(engine: str, name: str, words: str, running: Running, scans: dict[str, float]) -> Row:
    connection = Connection(running)
    tokens = {number: running.token(JWT[number]) for number in SIZES}
    seen: dict[str, list[float]] = {number: [] for number in SIZES}
    for n in range(10, 10 + ROUNDS):
        for number in SIZES:
            path = f"{MINE}/message-store?search={words.format(n=n)}"
            begun = time.perf_counter()
            connection.ask("GET", path, tokens[number])
            seen[number].append(time.perf_counter() - begun)
    return {
        "store": engine,
        "found": name,
        **{
            f"p50 ms at {size:.0e}".replace("+0", ""): f"{median(seen[number]) * 1e3:.2f}"
            for number, size in SIZES.items()
        },
        "p99 ms at 1e5": f"{percentile(seen['107'], 0.99) * 1e3:.2f}",
        **{
            f"scan ms at {size:.0e}".replace("+0", ""): f"{scans[number] * 1e3:.2f}"
            for number, size in SIZES.items()
        },
    }


# -- the scan --------------------------------------------------------------------------------------


def _patterns(words: str) -> list[str]:
    """What a scan without an index would look for: no word borders, no accents."""
    plain = words.replace("%20", " ")
    if plain.startswith("%22"):
        return [plain.replace("%22", "")]
    return [word.rstrip("*") for word in plain.split()]


async def _scans(where: Any, dsn: str | None) -> dict[str, dict[str, float]]:
    """Seconds of the statements alone, without the server around them: page and total."""
    async with stores.opened(where) as store:
        company = await only_company(store)
    keys = {n: (company.account_id, company.by_number[n].id) for n in SIZES}
    ask = _sqlite(where) if dsn is None else await _postgresql(dsn)
    found: dict[str, dict[str, float]] = {}
    for name, words in SEARCHES.items():
        found[name] = {}
        for number, key in keys.items():
            seconds = []
            for n in range(10, 15):
                begun = time.perf_counter()
                await ask(key, _patterns(words.format(n=n)))
                seconds.append(time.perf_counter() - begun)
            found[name][number] = median(seconds)
    return found


def _sqlite(where: Any) -> Any:
    connection = sqlite3.connect(where.store.sqlite_file)
    connection.execute("PRAGMA cache_size = -65536")

    async def ask(key: tuple[int, int], patterns: list[str]) -> None:
        matches = " AND ".join("subject LIKE ?" for _ in patterns)
        values = [*key, *(f"%{pattern}%" for pattern in patterns)]
        for text in (SCAN, COUNT):
            plain = text.format(matches=matches).replace("$1", "?").replace("$2", "?")
            connection.execute(plain, values).fetchall()

    return ask


async def _postgresql(dsn: str) -> Any:
    connection = await asyncpg.connect(dsn)

    async def ask(key: tuple[int, int], patterns: list[str]) -> None:
        matches = " AND ".join(f"subject ILIKE ${n}" for n in range(3, 3 + len(patterns)))
        values = [*key, *(f"%{pattern}%" for pattern in patterns)]
        for text in (SCAN, COUNT):
            await connection.fetch(text.format(matches=matches), *values)

    return ask
