"""What became of outbound messages: claimed for a carrier, settled, reported.

One `Ledger` per carrier and process does all of it, one commit after the other, so that a receipt
and the answer that it overtook never miss each other.  Whatever came during a commit goes into
the next one.  Every commit makes sure that the carrier's lease is still ours.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from postroom.mailbox import evidence, telling
from postroom.mailbox.claims import MOST, Claims, Clock
from postroom.mailbox.evidence import Evidence, Finished
from postroom.mailbox.sheet import Sheet
from postroom.mailbox.verdicts import Terms
from postroom.model.errors import Unavailable
from postroom.model.routing import Routing
from postroom.model.traffic import DeliveryReport, Failure, Fate, Submitted
from postroom.observability import logs
from postroom.store import receipts
from postroom.store.database import Store
from postroom.store.leases import LeaseLost
from postroom.store.outbox import NOBODY, Entry
from postroom.store.receipts import ParkedReport

BREATH = 0.2
"""Seconds before a commit that found the store unavailable is tried again."""

log = logs.get("mailbox.outcome")


class Reported(NamedTuple):
    """A receipt, and who waits for it to be durable."""

    report: DeliveryReport
    done: "asyncio.Future[None]"


class Ledger:
    """What became of one carrier's submissions, while this node holds its lease.

    `claims` are those that were made; `chance` gives the jitter of pauses, in [0, 1), and
    `on_settled` is called when claims were settled.
    """

    def __init__(
        self, store: Store, terms: Terms, routing: Routing, clock: Clock, real: Clock
    ) -> None:
        self.store, self.terms, self.routing = store, terms, routing
        self.carrier = terms.carrier
        self.claims = Claims(store, terms, routing, clock, real)
        self.chance: Callable[[], float] = random.random
        self.on_settled: Callable[[], None] = lambda: None
        self._finished: list[Finished] = []
        self._reports: list[Reported] = []
        self._parked: list[ParkedReport] = []
        self._work = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()

    def end(self) -> None:
        """The lease is ours no more: forget what is open, and turn away who waits."""
        self.claims.end()
        self._finished, self._parked = [], []
        self._quiet.set()
        reports, self._reports = self._reports, []
        _fail(reports, LeaseLost(self.carrier))

    def finish(self, entry: Entry, submitted: Submitted) -> None:
        """A submission came back: settle it with the next commit."""
        if self.claims.open.get(entry.key) is entry:
            self._finished.append(Finished(entry, submitted))
            self._wake()

    async def reported(self, report: DeliveryReport) -> None:
        """A receipt came: it is durable when this returns.

        Raises `LeaseLost` when the carrier is not ours, `Unavailable` when the store is.
        """
        _ = self.claims.lease
        done = asyncio.get_running_loop().create_future()
        self._reports.append(Reported(report, done))
        self._wake()
        await done

    async def recover(self) -> int:
        """Settle what was claimed under older leases and never settled; how many it was.

        Call it before `run`.  The ledger of `NOBODY` does so for carriers that exist no more.
        """
        count = 0
        while stranded := await self.claims.stranded():
            lost = _failed(Fate.UNCERTAIN, "the process died while it was on the wire")
            await self._commit(Evidence([Finished(entry, lost) for entry in stranded]))
            count += len(stranded)
        return count

    async def give_up(self, limit: int) -> int:
        """Let what was tried for too long fail; how many it was.

        The ledger of `NOBODY` does so for what no carrier serves.
        """
        error = "SMS-RC-410" if self.carrier == NOBODY else "SMS-UP-500"
        overdue = await self.claims.overdue(limit)
        for entry in overdue:
            self.finish(entry, _failed(Fate.TEMPORARY, "no carrier took it in time", error))
        return len(overdue)

    async def revisit(self) -> None:
        """Look again at parked receipts that fit something by now."""
        rows = await self.store.fetch(receipts.MATCHING, carrier=self.carrier, limit=MOST)
        if rows:
            self._parked = receipts.parked(rows)
            self._wake()

    async def run(self) -> None:
        """Commit what happens until cancelled.  Raises `LeaseLost`."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._finished or self._reports or self._parked:
                await self._next()
            self._quiet.set()

    async def quiet(self) -> None:
        """Until all that happened is durable; only while `run` runs."""
        await self._quiet.wait()

    def _wake(self) -> None:
        self._quiet.clear()
        self._work.set()

    async def _next(self) -> None:
        """Commit what has come, at most `MOST` of each kind."""
        finished, self._finished = self._finished[:MOST], self._finished[MOST:]
        reports, self._reports = self._reports[:MOST], self._reports[MOST:]
        parked, self._parked = self._parked, []
        try:
            await self._try(finished, reports, parked)
        except Unavailable as error:
            open_ = self.claims.open
            again = [one for one in finished if open_.get(one.entry.key) is one.entry]
            self._finished = again + self._finished
            _fail(reports, error)
            await asyncio.sleep(BREATH)
        except BaseException:
            _fail(reports, LeaseLost(self.carrier))
            raise

    async def _try(
        self,
        finished: list[Finished],
        reports: list[Reported],
        parked: Sequence[ParkedReport] = (),
    ) -> None:
        """Commit together, or one by one when there is an error, so that one alone fails."""
        try:
            await self._commit(Evidence(finished, [r.report for r in reports], parked))
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:
            if len(finished) + len(reports) <= 1:
                log.exception("an outcome could not be written", carrier=self.carrier)
                self._set_aside(finished)
                _fail(reports, error)
                return
            for one in finished:
                await self._try([one], [])
            for reported in reports:
                await self._try([], [reported])
            return
        for reported in reports:
            if not reported.done.done():
                reported.done.set_result(None)

    async def _commit(self, news: Evidence) -> None:
        sheet = self._sheet(news)
        await evidence.fill(self.store, sheet, news)
        verdicts, writing, lease = sheet.close(), sheet.writing, self.claims.lease
        if verdicts or not writing.is_empty():
            outcomes = tuple(verdict.outcome(sheet.now_ms) for verdict in verdicts)
            marked = await self.store.settle(outcomes, lambda _: writing.steps(lease))
            telling.settled(self.carrier, verdicts, marked)
            telling.counted(self.carrier, news.finished)
            telling.parked(writing.parked)
        for finished in news.finished:
            self.claims.open.pop(finished.entry.key, None)
        self.on_settled()

    def _set_aside(self, finished: list[Finished]) -> None:
        """Leave submissions claimed: the next holder of the lease will settle them."""
        self.claims.stuck.update(one.entry.key for one in finished)
        for one in finished:
            self.claims.open.pop(one.entry.key, None)

    def _sheet(self, news: Evidence) -> Sheet:
        landed = {finished.entry.key for finished in news.finished}
        flying = [entry for key, entry in self.claims.open.items() if key not in landed]
        return Sheet(
            terms=self.terms,
            now_ms=self.claims.clock(),
            due_ms=self.claims.now_due(),
            behind=lambda number: self.routing.behind(number, self.carrier, self.claims.bound()),
            chance=self.chance,
            flying=frozenset((entry.sender, entry.recipient) for entry in flying),
        )


def _failed(fate: Fate, reason: str, error: str = "SMS-UP-500") -> Submitted:
    """A submission that this process has not handed to any transport."""
    not_bound = fate is Fate.TEMPORARY
    failure = Failure(fate=fate, reason=reason, delivery_error=error, not_bound=not_bound)
    return Submitted(failure=failure)


def _fail(reports: list[Reported], error: Exception) -> None:
    for reported in reports:
        if not reported.done.done():
            reported.done.set_exception(error)
