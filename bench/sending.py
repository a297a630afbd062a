"""Durable sends against the same server with a store that does nothing."""

import asyncio
import tempfile
from pathlib import Path

from bench.machine import MINE, Load, post, serving
from bench.report import Row, Table, median
from bench.seasoning import beside

SMS = (
    '{"from":{"phoneNumber":"+16505550101"},"to":[{"phoneNumber":"+14155550006"}],'
    '"text":"Hello from the benchmark, an ordinary text of an ordinary length"}'
)
PAGE = '{"to":[{"extensionNumber":"102"}],"text":"Hello from the benchmark, an ordinary page"}'
SENDS = {"POST /sms": (f"{MINE}/sms", SMS), "POST /company-pager": (f"{MINE}/company-pager", PAGE)}
CLIENTS = (1, 16, 64)
HOUSE = "whole house, "
"""The rows without a mark: outbox and simulated carrier work beside the counter."""
SECONDS = 2
ROUNDS = 4


def measure(dsns: dict[str, str | None]) -> Table:
    """Everything in turn, so that a slow minute hits all of them."""
    loads: dict[tuple[str, str, int], list[Load]] = {}
    # A database of its own: what the counter alone leaves in its outbox would be sent here.
    houses = {
        f"{HOUSE}{engine}": None if dsn is None else asyncio.run(beside(dsn, "house"))
        for engine, dsn in dsns.items()
    }
    stores = {"bare": None, "null": None, **dsns, **houses}
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for _ in range(ROUNDS):
            for mode, dsn in stores.items():
                _round(mode, Path(folder, mode.replace(HOUSE, "house-")), dsn, loads)
    return _table(loads)


def _round(
    mode: str, folder: Path, dsn: str | None, loads: dict[tuple[str, str, int], list[Load]]
) -> None:
    kind = mode if mode in ("bare", "null") else "house" if mode.startswith(HOUSE) else "counter"
    every = kind in ("null", "counter")
    with serving(kind, folder, dsn) as running:
        token = "none" if mode == "bare" else running.token()
        for name, (path, body) in SENDS.items():
            for clients in CLIENTS if every else CLIENTS[-1:]:
                post(running, token, path, body, clients, 1)
                load = post(running, token, path, body, clients, SECONDS)
                loads.setdefault((mode, name, clients), []).append(load)


def _table(loads: dict[tuple[str, str, int], list[Load]]) -> Table:
    rows: list[Row] = []
    for (mode, name, clients), seen in loads.items():
        base = loads.get(("null", name, clients))
        ratio = [load.rate / n.rate for load, n in zip(seen, base, strict=True)] if base else []
        tail = [load.p99 / n.p99 for load, n in zip(seen, base, strict=True)] if base else []
        bare = loads.get(("bare", name, clients))
        cost = [load.cpu_us / b.cpu_us for load, b in zip(seen, bare, strict=True)] if bare else []
        rows.append(
            {
                "request": name,
                "store": mode,
                "clients": str(clients),
                "requests/s": f"{median(load.rate for load in seen):.0f}",
                "p50 ms": f"{median(load.p50 for load in seen):.2f}",
                "p99 ms": f"{median(load.p99 for load in seen):.2f}",
                "CPU us": f"{median(load.cpu_us for load in seen):.0f}",
                "rate / N": f"{median(ratio):.2f}" if ratio else "",
                "p99 / N": f"{median(tail):.2f}" if tail else "",
                "CPU / bare": f"{median(cost):.2f}" if cost else "",
                "generator": f"{median(load.generator_busy for load in seen):.0%}",
                "failed": str(sum(load.failed for load in seen)),
            }
        )
    goals = (
        "64 clients: rate / N >= 0.6 on SQLite, >= 0.5 on PostgreSQL; p99 / N <= 3; "
        "N's CPU / bare <= 2.2; generator below 70 %"
    )
    return Table("Durable sends", goals, rows)
