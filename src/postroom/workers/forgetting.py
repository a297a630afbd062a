"""What has expired is forgotten: tokens, sessions, codes, idempotency keys, old failures."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from postroom.model.oauth import FAILURES_FORGOTTEN_MS
from postroom.observability import logs
from postroom.store import authorization_codes, credentials, idempotency, sessions
from postroom.store.commands import Steps
from postroom.store.database import Store

EVERY = 600.0
"""Seconds between rounds."""
KEPT_MS = 24 * 3600 * 1000
"""For so long an expired token is still told that it has expired."""
AT_ONCE = 500

KINDS: tuple[tuple[Callable[[int, int], Steps[int]], int], ...] = (
    (sessions.forget, KEPT_MS),
    (authorization_codes.forget, KEPT_MS),
    (credentials.forget_failures, FAILURES_FORGOTTEN_MS),
    (idempotency.forget, KEPT_MS),
)
"""How each kind is forgotten, and how long after its end."""

log = logs.get("workers.forgetting")


@dataclass(slots=True)
class Forgetting:
    """Forgets in small transactions; any number of nodes may do so at once."""

    store: Store
    clock: Callable[[], int]
    every: float = EVERY

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.step()
            except Exception:
                log.exception("round failed")
            await asyncio.sleep(self.every)

    async def step(self) -> int:
        """One round; how many rows it forgot."""
        now, forgotten = self.clock(), 0
        for forget, kept_ms in KINDS:
            steps = partial(forget, now - kept_ms, AT_ONCE)
            while count := await self.store.transact(steps):
                forgotten += count
        return forgotten
