"""What it costs to catch up with ten changes, against getting ten messages by their ids."""

import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from bench.furniture import fill
from bench.machine import MINE, serving
from bench.reading import Connection
from bench.report import Row, Table, median, percentile
from bench.servers import settings

SIZES = {"102": 1_000, "103": 100_000}
ROUNDS = 100
CHANGES = 10


def measure(dsns: dict[str, str | None]) -> Table:
    """Both mailboxes in turn."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as folder:
            uvloop.run(fill(settings(0, Path(folder), dsn, None), SIZES))
            with serving("house", Path(folder), dsn) as running:
                connection = Connection(running)
                for number, size in SIZES.items():
                    token = running.token(f"RC_USER_JWT_{number}")
                    rows.append(_row(engine, size, connection, token))
    goals = f"{CHANGES} changes in 100,000 <= 1.5 x getting those {CHANGES} by id"
    return Table("Synchronizing", goals, rows)


def _json(content: bytes) -> Any:
    return msgspec.json.decode(content)


def _row(engine: str, size: int, connection: Connection, token: str) -> Row:
    """Mark ten messages, catch up, get the same ten; the marking is not measured."""
    store, sync = f"{MINE}/message-store", f"{MINE}/message-sync"
    listed = _json(connection.ask("GET", f"{store}?dateFrom=2000&perPage={CHANGES}", token))
    ids = [record["id"] for record in listed["records"]]
    begun = time.perf_counter()
    full = _json(connection.ask("GET", f"{sync}?dateFrom=2000&recordCount=250", token))
    first = time.perf_counter() - begun
    position = full["syncInfo"]["syncToken"]
    synced: list[float] = []
    got: list[float] = []
    for turn in range(ROUNDS):
        status = "Read" if turn % 2 else "Unread"
        for id in ids:
            connection.ask("PUT", f"{store}/{id}", token, f'{{"readStatus":"{status}"}}')
        begun = time.perf_counter()
        content = connection.ask("GET", f"{sync}?syncType=ISync&syncToken={position}", token)
        between = time.perf_counter()
        joined = ",".join(map(str, ids))
        connection.ask("GET", f"{store}/{joined}", token, expected=207)
        got.append(time.perf_counter() - between)
        synced.append(between - begun)
        body = _json(content)
        position = body["syncInfo"]["syncToken"]
        told = {record["id"] for record in body["records"]}
        if turn and told != set(ids):
            raise RuntimeError(f"{len(told)} of {CHANGES} changes were told")
    return {
        "store": engine,
        "messages": f"{size}",
        "ISync p50 ms": f"{median(synced) * 1e3:.2f}",
        "p99 ms": f"{percentile(synced, 0.99) * 1e3:.2f}",
        "get 10 by id p50 ms": f"{median(got) * 1e3:.2f}",
        "ISync / get": f"{median(synced) / median(got):.2f}",
        "FSync of 250 ms": f"{first * 1e3:.1f}",
    }
