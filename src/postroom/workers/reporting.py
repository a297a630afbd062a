"""Message store reports are made by one node, under a lease; another goes on when it dies.

An attempt begins from the start: what an earlier one has written is erased first.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from postroom.directory import copying
from postroom.directory.companies import Companies
from postroom.model.access import permissions
from postroom.model.errors import NotFound, Unavailable
from postroom.model.report import ATTEMPTS, OPEN, Report, ReportStatus, failed
from postroom.observability import logs
from postroom.store import reports
from postroom.store.blobs import Blobs
from postroom.store.database import Store
from postroom.store.leases import Lease, LeaseLost
from postroom.workers import node
from postroom.workers.archiving import LARGEST, Archiver
from postroom.workers.tenure import Leaseholder, Pulse, Tenure

LEASE = "reports"
PERMISSION = "Users"
EVERY = 1.0
"""Seconds between rounds."""
AT_ONCE = 2
"""Reports that are made at the same time, of whatever accounts."""
WAITING, OLD_ONES = 100, 20
"""Tasks that are looked at in a round."""
AGAIN = 5.0
"""Seconds before the second attempt, twice as many before the third, and so on."""

log = logs.get("workers.reporting")


@dataclass(slots=True, kw_only=True)
class Reporter:
    """Makes reports, and removes old ones."""

    store: Store
    companies: Companies
    blobs: Blobs
    base: str
    clock: Callable[[], int]
    keep_ms: int
    every: float = EVERY
    largest: int = LARGEST
    pulse: Pulse = field(default_factory=Pulse)
    _running: set[str] = field(default_factory=set, init=False)
    _later: dict[str, float] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        holder = Leaseholder(
            store=self.store,
            name=LEASE,
            holder=node.identity(),
            tenure=Tenure(),
            pulse=self.pulse,
        )
        await holder.run(self._work)

    async def _work(self, lease: Lease) -> None:
        self._running.clear()
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._round(lease, group)
                    await asyncio.sleep(self.every)
        except BaseExceptionGroup as errors:
            if errors.subgroup(LeaseLost) is not None:
                raise LeaseLost(LEASE) from errors
            raise

    async def _round(self, lease: Lease, group: asyncio.TaskGroup) -> None:
        """Begin what is due, and remove what is old."""
        try:
            for task in await self._due(lease):
                self._running.add(task.id)
                group.create_task(self._do(lease, task))
            await self.forget(lease)
        except LeaseLost:
            raise
        except Unavailable:
            pass
        except Exception:
            log.exception("round failed")

    async def _due(self, lease: Lease) -> list[Report]:
        """The tasks that are to be begun now; those that were not seen yet become Pending."""
        waiting = reports.read(
            await self.store.fetch(reports.WAITING, open=reports.OPEN_CODES, limit=WAITING)
        )
        for task in waiting:
            if task.status is ReportStatus.ACCEPTED:
                await self._set(lease, task, ReportStatus.PENDING)
        now = time.monotonic()
        due = [
            task
            for task in waiting
            if task.id not in self._running and self._later.get(task.id, now) <= now
        ]
        return due[: max(0, AT_ONCE - len(self._running))]

    async def _do(self, lease: Lease, task: Report) -> None:
        """Do one task; whatever happens, the others go on."""
        try:
            await self._attempt(lease, task)
        except (LeaseLost, Unavailable):
            log.warning("report not finished", report=task.id)
        except Exception:
            log.exception("report not finished", report=task.id)
        finally:
            self._running.discard(task.id)

    async def _attempt(self, lease: Lease, task: Report) -> None:
        if task.attempts >= ATTEMPTS:
            await self._set(lease, task, ReportStatus.FAILED)
            return
        attempt = await self.store.transact(partial(reports.begin, lease, task))
        if attempt is None:
            return
        try:
            await self._erase(task, attempt)
            steps = partial(reports.drop_archives, lease, task.account_id, task.id, attempt)
            await self.store.transact(steps)
            if not await self._may_have(task):
                await self._set(lease, task, ReportStatus.CANCELLED)
                return
            archiver = Archiver(
                store=self.store,
                blobs=self.blobs,
                base=self.base,
                lease=lease,
                report=task,
                attempt=attempt,
                largest=self.largest,
            )
            await archiver.make(await copying.extension_ids(self.store, task.account_id))
            await self._set(lease, task, ReportStatus.COMPLETED)
        except LeaseLost:
            raise
        except Exception:
            log.exception("attempt at a report failed", report=task.id, attempt=attempt)
            self._later[task.id] = time.monotonic() + AGAIN * attempt
            await self._set(lease, task, failed(attempt))
        else:
            self._later.pop(task.id, None)

    async def _may_have(self, task: Report) -> bool:
        """Whether who asked may still have it."""
        try:
            company = await self.companies.current(task.account_id)
        except NotFound:
            return False
        asker = company.extensions.get(task.extension_id)
        return asker is not None and asker.is_active and PERMISSION in permissions(asker)

    async def _set(self, lease: Lease, task: Report, status: ReportStatus) -> None:
        is_over = status not in OPEN
        finished = self.clock() if is_over else None
        await self.store.transact(partial(reports.set_status, lease, task, status, finished))

    # -- removing --------------------------------------------------------------------------------

    async def forget(self, lease: Lease) -> None:
        """Remove finished reports that are old, objects first."""
        before = self.clock() - self.keep_ms
        old = reports.read(await self.store.fetch(reports.OLD, before=before, limit=OLD_ONES))
        for task in old:
            await self._erase(task, task.attempts + 1)
            await self.store.transact(partial(reports.forget, lease, task))
            self._later.pop(task.id, None)

    async def _erase(self, task: Report, attempt: int) -> None:
        """Erase the objects of all attempts before `attempt`."""
        rows = await self.store.fetch(reports.ARCHIVES, account_id=task.account_id, id=task.id)
        for archive in reports.archives(rows):
            if archive.attempt < attempt:
                await self.blobs.erase(archive.key)
