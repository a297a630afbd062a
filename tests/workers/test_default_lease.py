"""With the lease as it is by default, a server that is frozen for half a minute is replaced."""

import asyncio
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from postroom.store.database import StoreSettings
from tests.databases import Postgres
from tests.server import Server, running
from tests.smsc import Smsc
from tests.workers.freezing import freeze
from tests.workers.posts import until

FROZEN_SECONDS = 30.0
TAKEN_OVER_SECONDS = 20.0
"""What is promised: a deadline, not a measurement of speed."""

pytestmark = pytest.mark.slow


def carrier(smsc: Smsc) -> dict[str, str]:
    """Settings that name the message centre and nothing about leases."""
    settings = {
        "transport": "smpp",
        "host": "127.0.0.1",
        "port": str(smsc.port),
        "system_id": "postroom",
        "password": "secret",
    }
    return {f"POSTROOM__CARRIERS__ACME__{name.upper()}": value for name, value in settings.items()}


class Traffic:
    """What Ada sends through a server, and what became of it."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.recipients: list[str] = []

    async def send(self, server: Server, count: int) -> list[int]:
        """Send to so many numbers that got nothing yet; the messages' ids."""
        return [await self._send(server) for _ in range(count)]

    async def _send(self, server: Server) -> int:
        to = f"+1415555{len(self.recipients):04}"
        self.recipients.append(to.removeprefix("+"))
        body: dict[str, Any] = {
            "from": {"phoneNumber": "+16505550101"},
            "to": [{"phoneNumber": to}],
            "text": "Hello",
        }
        answer = await server.call(self.token, "POST", "sms", json=body)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    async def become(self, server: Server, ids: list[int], status: str) -> None:
        """Wait until the messages have a status."""

        async def has(id: int) -> bool:
            answer = await server.call(self.token, "GET", f"message-store/{id}")
            return bool(answer.json()["messageStatus"] == status)

        for id in ids:
            await until(partial(has, id))


LONG_SECONDS = 120.0


async def taken_over(folder: Path, dsn: str | None) -> float:
    """Freeze the holder of the link for half a minute; the seconds until another submitted."""
    where = StoreSettings(dsn=dsn) if dsn else StoreSettings(path=folder / "postroom.db")
    async with AsyncExitStack() as stack:
        smsc = await stack.enter_async_context(Smsc())
        holder = await stack.enter_async_context(running(folder, dsn=dsn, env=carrier(smsc)))
        await smsc.bound()
        other = await stack.enter_async_context(running(folder, dsn=dsn, env=carrier(smsc)))
        traffic = Traffic(await other.log_in(101))
        await traffic.become(other, await traffic.send(holder, 2), "Sent")
        smsc.holding = True
        unanswered = await traffic.send(other, 3)
        await smsc.received(5)
        smsc.holding = False

        freeze(holder.process, where)
        since = time.monotonic()
        waiting = await traffic.send(other, 5)
        async with asyncio.timeout(FROZEN_SECONDS):
            while len(smsc.submits) < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        seconds = time.monotonic() - since
        await traffic.become(other, waiting, "Sent")
        await asyncio.sleep(max(since + FROZEN_SECONDS - time.monotonic(), 0.0))
        holder.process.send_signal(signal.SIGCONT)

        async with asyncio.timeout(LONG_SECONDS):  # the machine may be busy with other tests
            while len(smsc.peers) != 1:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        late = await traffic.send(holder, 3) + await traffic.send(other, 3)
        await traffic.become(holder, late, "Sent")
        await traffic.become(other, unanswered, "SendingFailed")
    submitted = Counter(one.message.destination_addr for one in smsc.submits)
    assert submitted == Counter(traffic.recipients)
    return seconds


async def test_a_server_frozen_for_half_a_minute_is_replaced_in_time_and_nothing_goes_twice(
    tmp_path: Path, postgres: Postgres
) -> None:
    dsn = await postgres.database(empty=True)

    seconds = await asyncio.gather(
        taken_over(tmp_path / "sqlite", None), taken_over(tmp_path / "postgresql", dsn)
    )

    print(f"taken over after {seconds[0]:.1f} s on SQLite, {seconds[1]:.1f} s on PostgreSQL")
    assert max(seconds) <= TAKEN_OVER_SECONDS
    await postgres.drop(dsn)
