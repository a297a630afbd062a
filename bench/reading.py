"""Pages of a hundred records in mailboxes of a thousand, a hundred thousand and a million."""

import http.client
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from bench.furniture import assign, fill
from bench.machine import MINE, Running, serving
from bench.report import Row, Table, median, percentile
from bench.servers import settings

SIZES = {"102": 1_000, "103": 100_000, "107": 1_000_000}
JWT = {"102": "RC_USER_JWT_102", "103": "RC_USER_JWT_103", "107": "RC_USER_JWT_107"}
ROUNDS = 60
PER_PAGE = 100
DEPARTMENT = "200"


def measure(dsns: dict[str, str | None]) -> Table:
    """The same requests to all mailboxes in turn."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            where = settings(0, Path(folder), dsn, None)
            uvloop.run(fill(where, SIZES))
            for member in SIZES:
                uvloop.run(assign(where, member, DEPARTMENT, present=True))
            with serving("house", Path(folder), dsn) as running:
                rows += _rows(engine, "", running)
                _page_everybody(running)
            for member in SIZES:
                uvloop.run(assign(where, member, DEPARTMENT, present=False))
            with serving("house", Path(folder), dsn) as running:
                rows += _rows(engine, " with a closed conversation", running)
    goals = "p50 at 1e6 <= 1.3 x p50 at 1e3, for the first page, page 50 and the last"
    return Table("A page of 100 full records with totals", goals, rows)


def _page_everybody(running: Running) -> None:
    """Give each mailbox a conversation that can be closed."""
    body = f'{{"to":[{{"extensionNumber":"{DEPARTMENT}"}}],"text":"For all of us"}}'
    Connection(running).ask("POST", f"{MINE}/company-pager", running.token(), body)


class Connection:
    """One keep-alive connection."""

    def __init__(self, running: Running) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(running.base).netloc)

    def ask(
        self, method: str, path: str, token: str, body: str | None = None, *, expected: int = 200
    ) -> bytes:
        """One request; the body of its answer."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200]!r}")
        return content


def _places(size: int) -> dict[str, int]:
    last = size // PER_PAGE
    return {"first": 1, "page 50": min(50, last), "last": last}


def _rows(engine: str, suffix: str, running: Running) -> list[Row]:
    connection = Connection(running)
    tokens = {number: running.token(name) for number, name in JWT.items()}
    seen: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for number, size in SIZES.items():
            for place, page in _places(size).items():
                path = f"{MINE}/message-store?dateFrom=2000-01-01&perPage={PER_PAGE}&page={page}"
                begun = time.perf_counter()
                connection.ask("GET", path, tokens[number])
                seen.setdefault((number, place), []).append(time.perf_counter() - begun)
    return [_row(engine, suffix, place, seen) for place in ("first", "page 50", "last")]


def _row(engine: str, suffix: str, place: str, seen: dict[tuple[str, str], list[float]]) -> Row:
    small, middle, large = (seen[number, place] for number in SIZES)
    return {
        "store": engine,
        "page": place + suffix,
        "p50 ms at 1e3": f"{median(small) * 1e3:.2f}",
        "at 1e5": f"{median(middle) * 1e3:.2f}",
        "at 1e6": f"{median(large) * 1e3:.2f}",
        "1e6 / 1e3": f"{median(large) / median(small):.2f}",
        "p99 ms at 1e6": f"{percentile(large, 0.99) * 1e3:.2f}",
        "first request ms at 1e6": f"{large[0] * 1e3:.1f}",
    }
