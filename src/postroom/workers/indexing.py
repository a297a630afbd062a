"""The words of new messages are put into the index, soon after they were stored."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from functools import partial

from postroom.model.errors import Unavailable
from postroom.observability import logs
from postroom.store import indexing
from postroom.store.database import Store

EVERY = 1.0
"""Seconds after which it is looked what other processes have stored."""
BREATH = 0.2
"""Seconds in which what comes is collected."""
MAILBOXES = 200

log = logs.get("workers.indexing")


@dataclass(slots=True)
class Indexing:
    """Follows the changes of all mailboxes; any number of nodes may do so at once."""

    store: Store
    every: float = EVERY
    rest: float = 1.0
    """How long to rest after a transaction, in times of what it took: senders go first."""
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled."""
        self.store.on_commit(self._bell.set)
        while True:
            self._bell.clear()
            try:
                await self.step()
            except Unavailable:
                pass
            except Exception:
                log.exception("round failed")
            await asyncio.sleep(BREATH)
            try:
                async with asyncio.timeout(self.every * random.uniform(0.8, 1.0)):
                    await self._bell.wait()
            except TimeoutError:
                pass

    async def step(self) -> int:
        """Follow everything that can be followed now; how many messages were looked at."""
        looked = 0
        while lags := indexing.some(await self.store.fetch(indexing.BEHIND, limit=MAILBOXES)):
            begun = time.monotonic()
            mailboxes, messages = await self.store.transact(
                partial(indexing.follow, lags), bulk=True
            )
            looked += messages
            if not mailboxes:
                break
            await asyncio.sleep(self.rest * (time.monotonic() - begun))
        return looked
