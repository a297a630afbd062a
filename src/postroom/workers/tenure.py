"""Doing something on one node only: a lease taken, renewed, and given up.

A holder that was frozen wakes up without its lease: `Tenure` says so at once, by the monotonic
clock, and the fence keeps what it still tries to write out of the database.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from postroom.model.errors import Unavailable
from postroom.observability import logs
from postroom.store import leases
from postroom.store.database import Store
from postroom.store.leases import Lease, LeaseLost
from postroom.workers import node

PERSISTENCE = 30.0
"""Seconds before something that was cancelled and does not end is cancelled once more."""
AGAIN = 1.0
"""Seconds before work that failed is begun again."""

log = logs.get("workers.tenure")


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do several things until one of them ends, then stop the others; raises what it raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await first(*tasks)
    finally:
        await stopped(*tasks)


async def first(*tasks: "asyncio.Future[None]") -> None:
    """Until one of them has ended; raises what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def stopped(*tasks: "asyncio.Future[None]") -> None:
    """Cancel them one after the other, each when the one before has ended, whatever they raise.

    A cancellation of the caller waits until all of them have ended: none is left behind running.
    """
    cancelled: asyncio.CancelledError | None = None
    for task in tasks:
        while not task.done():
            task.cancel()
            cancelled = await _waited(task) or cancelled
        if not task.cancelled():
            task.exception()
    if cancelled is not None:
        raise cancelled


async def _waited(task: "asyncio.Future[None]") -> asyncio.CancelledError | None:
    """Wait until it ends, but not for ever; the cancellation that came meanwhile."""
    cancelled: asyncio.CancelledError | None = None
    waiting = asyncio.ensure_future(asyncio.wait((task,), timeout=PERSISTENCE))
    while not waiting.done():
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError as caught:
            cancelled = caught
    return cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How a lease lives, in seconds: how long, how often renewed, how often looked at."""

    life: float = 10.0
    beat: float = 3.0
    look: float = 1.0
    step: float = 0.25


class Tenure:
    """Whether the lease is ours for sure, right now; call it before each thing that matters.

    Without a beat it lapses: nobody knows then whose the lease is, until the database says so.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.is_over = True
        self._until = clock()

    def __call__(self) -> bool:
        """Whether the last beat is younger than the life of the lease."""
        return self.clock() < self._until

    def extend(self, since: float, seconds: float) -> None:
        """It was renewed by a request that began at `since`."""
        self._until, self.is_over = since + seconds, False

    def end(self) -> None:
        """It is over: somebody else has the lease, or nobody."""
        self._until, self.is_over = self.clock(), True

    def remaining(self) -> float:
        """Seconds for which it is ours without another beat."""
        return max(0.0, self._until - self.clock())

    async def lapsed(self) -> None:
        """Until it is not sure any more."""
        while True:
            if not self():
                return
            await asyncio.sleep(self.remaining())


@dataclass(slots=True)
class Watch:
    """What is seen of somebody else's lease; `life` in seconds."""

    life: float
    _mark: tuple[int, int] | None = None
    _since: float = 0.0

    def may_take(self, lease: Lease, now: float) -> bool:
        """Whether its holder gave it up, has died, or was silent for the whole life of a lease."""
        if lease.is_free or node.is_gone(lease.holder):
            return True
        mark = lease.fence, lease.beats
        if mark != self._mark:
            self._mark, self._since = mark, now
        return now - self._since >= self.life


@dataclass(slots=True, kw_only=True)
class Leaseholder:
    """Does some work whenever a lease is ours; `is_bound` is told to the others."""

    store: Store
    name: str
    holder: str
    tenure: Tenure
    is_bound: Callable[[], bool] = lambda: False
    pulse: Pulse = field(default_factory=Pulse)
    lease: Lease | None = None

    async def run(self, work: Callable[[Lease], Awaitable[None]]) -> None:
        """Until cancelled; then the work is cancelled first, still under the lease."""
        while True:
            self.lease = await self._take()
            log.info("lease taken", name=self.name, fence=self.lease.fence)
            try:
                await self._during(self.lease, work)
            except LeaseLost:
                log.warning("lease lost", name=self.name, fence=self.lease.fence)
            except Exception:
                log.exception("work under a lease failed", name=self.name)
                await asyncio.sleep(AGAIN)
            finally:
                lease, self.lease = self.lease, None
                await self._release(lease)

    async def once(self, work: Callable[[Lease], Awaitable[None]], watch: "Watch") -> bool:
        """Do the work if nobody else holds the lease now; whether it was done.

        `watch` is what was seen of the lease before.  Raises `LeaseLost`, and what the work raises.
        """
        lease = await self._try(watch)
        if lease is None:
            return False
        try:
            await self._during(lease, work)
        finally:
            await self._release(lease)
        return True

    async def _take(self) -> Lease:
        """Look at the lease until it is ours."""
        watch = Watch(self.pulse.life)
        while True:
            try:
                if lease := await self._try(watch):
                    return lease
            except Unavailable:
                pass
            except Exception:
                log.exception("lease not readable", name=self.name)
            await asyncio.sleep(self.pulse.look)

    async def _try(self, watch: Watch) -> Lease | None:
        rows = await self.store.look(leases.READ, names=[self.name])
        if not rows:
            await self.store.transact(lambda: leases.make([self.name]))
            rows = await self.store.look(leases.READ, names=[self.name])
        seen, before = leases.read(rows[0]), self.tenure.clock()
        if not watch.may_take(seen, before):
            return None
        until = self._until_ms()
        taken = await self.store.transact(lambda: leases.take(seen, self.holder, until))
        if taken is not None:
            self.tenure.extend(before, self.pulse.life)
        return taken

    async def _during(self, lease: Lease, work: Callable[[Lease], Awaitable[None]]) -> None:
        working = asyncio.ensure_future(work(lease))
        beating = asyncio.create_task(self._beat(lease))
        try:
            await asyncio.wait((working, beating), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if beating.done():
                self.tenure.end()
            await stopped(working, beating)
        for task in (beating, working):
            if not task.cancelled():
                task.result()

    async def _beat(self, lease: Lease) -> None:
        """Renew it, and tell at once when the link is bound or lost.  Raises `LeaseLost`.

        While the database cannot be reached it is tried again and again: when nobody has taken
        the lease meanwhile, it goes on.
        """
        last, told = self.tenure.clock(), False
        while True:
            await asyncio.sleep(self.pulse.step)
            before, bound = self.tenure.clock(), self.is_bound()
            if before - last < self.pulse.beat and bound == told and self.tenure():
                continue
            if await self._renew(lease, bound):
                last, told = before, bound
                self.tenure.extend(before, self.pulse.life)

    async def _renew(self, lease: Lease, bound: bool) -> bool:
        """Whether it was renewed.  Raises `LeaseLost` when it was taken."""
        until = self._until_ms()
        try:
            async with asyncio.timeout(self.pulse.life):
                ours = await self.store.transact(lambda: leases.beat(lease, until, bound))
        except LeaseLost:
            raise
        except Exception as error:
            log.warning("lease not renewed", name=self.name, problem=type(error).__name__)
            return False
        if not ours:
            raise LeaseLost(self.name)
        return True

    async def _release(self, lease: Lease) -> None:
        self.tenure.end()
        with suppress(Exception):
            async with asyncio.timeout(self.pulse.beat):
                await self.store.transact(lambda: leases.release(lease))

    def _until_ms(self) -> int:
        return int((time.time() + self.pulse.life) * 1000)
