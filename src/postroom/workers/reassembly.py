"""Long SMS whose parts did not all come in time, or came before a crash."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from postroom.channels.border import Border
from postroom.observability import logs
from postroom.store import parts
from postroom.store.parts import WaitingSet

EVERY = 5.0
"""Seconds between rounds."""
AT_ONCE = 500
REMEMBERED_MS = 10 * 60_000
"""How long a part that comes once more is known for one that was filed."""

log = logs.get("workers.reassembly")


@dataclass(slots=True)
class Reassembly:
    """Files what is complete, and after `timeout_ms` without another part what there is.

    Any number of nodes may do so at once.
    """

    border: Border
    clock: Callable[[], int]
    timeout_ms: int
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
        """One round; how many messages it filed."""
        store, now = self.border.store, self.clock()
        waiting = parts.waiting(await store.fetch(parts.WAITING, limit=AT_ONCE))
        filed = [await self._join(one, now) for one in waiting]
        await store.transact(lambda: parts.forget(now - REMEMBERED_MS))
        return sum(filed)

    async def _join(self, waiting: WaitingSet, now_ms: int) -> bool:
        late = now_ms - waiting.newest_ms >= self.timeout_ms
        try:
            joined = await self.border.join(waiting.parts, anyway=late)
        except Exception:
            log.exception("long message not filed", carrier=waiting.parts.carrier)
            return False
        if joined and late:
            log.warning("filed without all parts", carrier=waiting.parts.carrier)
        return joined
