"""Exports of a mailbox of a thousand and of a million: memory must not grow with the mailbox."""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import uvloop

from bench.furniture import fill, only_company
from bench.report import Row, Table
from bench.servers import settings
from postroom.app import stores
from postroom.app.house import real_clock
from postroom.cli import main
from postroom.model.report import Report, ReportStatus
from postroom.store import leases
from postroom.workers.archiving import Archiver

SIZES = {"102": 1_000, "107": 1_000_000}
WAYS = ("directory", "ZIP", "report")


class Measured(NamedTuple):
    """What one process took."""

    peak_mib: float
    seconds: float


def measure(dsns: dict[str, str | None]) -> Table:
    """Each way of exporting, small and large, in processes of their own."""
    rows: list[Row] = []
    for engine, dsn in dsns.items():
        with tempfile.TemporaryDirectory(dir=".") as name:
            folder = Path(name)
            uvloop.run(fill(settings(0, folder, dsn, None), SIZES))
            rows += [_row(engine, way, folder, dsn) for way in WAYS]
    goals = "peak memory at 1e6 <= 1.2 x peak memory at 1e3"
    return Table("Exporting a mailbox", goals, rows)


def _row(engine: str, way: str, folder: Path, dsn: str | None) -> Row:
    small, large = (_run(way, folder, dsn, number) for number in SIZES)
    rate = max(SIZES.values()) / large.seconds
    return {
        "store": engine,
        "way": way,
        "peak MiB at 1e3": f"{small.peak_mib:.0f}",
        "at 1e6": f"{large.peak_mib:.0f}",
        "1e6 / 1e3": f"{large.peak_mib / small.peak_mib:.2f}",
        "messages / s at 1e6": f"{rate:,.0f}",
    }


def _run(way: str, folder: Path, dsn: str | None, number: str) -> Measured:
    """Export one mailbox; the parcel is thrown away."""
    with tempfile.TemporaryDirectory(dir=folder) as target:
        parcel = Path(target, "parcel.zip" if way == "ZIP" else "parcel")
        words = ["export", str(parcel), "--extension", number, "--data", str(folder)]
        if way == "report":
            words = [way, str(folder), dsn or "", number]
        environment = {**os.environ, **({"POSTROOM__STORE__URL": dsn} if dsn else {})}
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bench.exporting", *words],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return Measured(int(done.stdout.split()[-1]) / 1024, time.perf_counter() - begun)


def _peak() -> str:
    """The most memory that this program had, in KiB.

    What the system tells to a parent counts the parent's own memory at the fork as well.
    """
    return str(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


async def _archive(folder: Path, dsn: str | None, number: str) -> None:
    """Make the archives of a report on one mailbox."""
    where = settings(0, folder, dsn, None)
    async with stores.opened(where) as store:
        company, now = await only_company(store), real_clock()
        owner = company.by_number[number].id
        await store.transact(lambda: leases.make(["bench"]))
        [row] = await store.look(leases.READ, names=["bench"])
        lease = await store.transact(lambda: leases.take(leases.read(row), "bench", now))
        assert lease is not None
        report = Report(
            account_id=company.account_id,
            id=f"bench-{number}",
            extension_id=owner,
            status=ReportStatus.IN_PROGRESS,
            from_ms=0,
            to_ms=now,
            types=(),
            attempts=0,
            started_ms=now,
        )
        archiver = Archiver(
            store=store,
            blobs=stores.blobs(where),
            base="http://localhost",
            lease=lease,
            report=report,
            attempt=1,
        )
        await archiver.make([owner])


if __name__ == "__main__":
    if sys.argv[1] == "report":
        asyncio.run(_archive(Path(sys.argv[2]), sys.argv[3] or None, sys.argv[4]))
    elif main(sys.argv[1:]):
        sys.exit("the export has failed")
    print(_peak())
