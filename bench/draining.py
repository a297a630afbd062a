"""The outbox through a real SMPP session: accepted, submitted, receipt."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from sqlalchemy import func, select

from bench.machine import MINE, cpu_seconds, free_port, post, serving
from bench.report import Row, Table
from bench.sending import SMS
from bench.servers import settings
from postroom.app import stores
from postroom.model.message import MessageStatus
from postroom.store import codes
from postroom.store.database import Store
from postroom.store.statements import Statement
from postroom.store.tables import message

SECONDS = 4
STATUSES = Statement(select(message.c.status, func.count()).group_by(message.c.status))
DONE = codes.STATUS[MessageStatus.DELIVERED]


def measure(dsns: dict[str, str | None]) -> Table:
    """Fill the outbox while the SMSC is away, then let it come."""
    rows = [_drain(engine, dsn) for engine, dsn in dsns.items()]
    return Table("SMPP drain with receipts", ">= 1,500 messages/s", rows)


def _drain(engine: str, dsn: str | None) -> Row:
    port = free_port()
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        serving("house", Path(folder), dsn, port) as running,
    ):
        post(running, running.token(), f"{MINE}/sms", SMS, 32, SECONDS)
        smsc = subprocess.Popen([sys.executable, "-m", "bench.smsc", str(port)])
        before = cpu_seconds(running.process.pid)
        try:
            where = settings(0, Path(folder), dsn, None)
            count, seconds = uvloop.run(_until_done(where))
        finally:
            smsc.terminate()
            smsc.wait(10)
        cpu = cpu_seconds(running.process.pid) - before
    return {
        "store": engine,
        "messages": str(count),
        "seconds": f"{seconds:.1f}",
        "messages/s": f"{count / seconds:.0f}",
        "server CPU us": f"{cpu / count * 1e6:.0f}",
    }


async def _until_done(where: object) -> tuple[int, float]:
    """How many were delivered, and in how long from the first to the last."""
    store = Store(stores.store_settings(where))  # type: ignore[arg-type]
    await store.open()
    begun = 0.0
    first = 0
    try:
        while True:
            counts = {row[0]: row[1] for row in await store.fetch(STATUSES)}
            done, total = counts.get(DONE, 0), sum(counts.values())
            if done and not begun:
                begun, first = time.perf_counter(), done
            if done == total:
                return total - first, time.perf_counter() - begun
            await asyncio.sleep(0.1)
    finally:
        await store.close()
