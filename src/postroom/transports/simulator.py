"""A carrier in the process: the recipient's last four digits choose what becomes of an SMS.

    …0001   rejected            SendingFailed, SMS-UP-410
    …0002   throttled           not taken at first, delivered at the next attempt
    …0003   undelivered         DeliveryFailed, SMS-CAR-412
    …0004   slow                Delivered, but only after five seconds
    …0005   receipt first       Delivered; the receipt overtakes the answer
    …0006   no receipt          Sent, for good
    …0007   answer lost         SendingFailed, SMS-UP-500; a receipt lifts it after five seconds
    others  delivered           Sent, and Delivered at once

What waits for its receipt when the process ends gets none.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from postroom.model import segments
from postroom.model.traffic import (
    DeliveryReport,
    Failure,
    Fate,
    InboundSms,
    Part,
    Report,
    Submission,
    Submitted,
)
from postroom.observability import logs
from postroom.transports import PermanentFailure, Receive, TemporaryFailure

CAPACITY = 500
AGAIN = 1.0
"""Seconds before a receipt that was not taken is brought again."""
DIGITS = 4

log = logs.get("transports.simulator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What becomes of a submission; `after` is how long its receipt takes, in paces.

    `refused` is the answer to the first attempt only where it is temporary.
    """

    report: Report | None = Report.DELIVERED
    error: str | None = None
    refused: Failure | None = None
    is_slow: bool = False
    overtakes: bool = False


REJECTED = Failure(fate=Fate.PERMANENT, reason="rejected", delivery_error="SMS-UP-410")
THROTTLED = Failure(fate=Fate.TEMPORARY, reason="throttled")
UNANSWERED = Failure(fate=Fate.UNCERTAIN, reason="no answer")
NOT_BOUND = Failure(fate=Fate.TEMPORARY, reason="the simulator does not run", not_bound=True)

PLANS: dict[str, Plan] = {
    "0001": Plan(report=None, refused=REJECTED),
    "0002": Plan(refused=THROTTLED),
    "0003": Plan(report=Report.FAILED, error="SMS-CAR-412"),
    "0004": Plan(is_slow=True),
    "0005": Plan(overtakes=True),
    "0006": Plan(report=None),
    "0007": Plan(refused=UNANSWERED, is_slow=True),
}
"""By the last four digits of the recipient; every other number is delivered."""
DELIVERED = Plan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """How long receipts take, in seconds."""

    prompt: float = 0.1
    slow: float = 5.0


class Simulator:
    """The simulated carrier; `bring` plays the other phone."""

    def __init__(self, name: str = "simulator", paces: Paces | None = None) -> None:
        self.name = name
        self.paces = paces or Paces()
        self._receive: Receive | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._throttled: set[int] = set()
        self._references: Iterator[int] = count(1)

    def free(self) -> int:
        """How many more it takes now."""
        return CAPACITY if self.bound() else 0

    def bound(self) -> bool:
        """Whether it runs."""
        return self._receive is not None

    async def run(self, receive: Receive) -> None:
        """Be there until cancelled; receipts that are under way are dropped then."""
        self._receive = receive
        try:
            await asyncio.Event().wait()
        finally:
            self._receive = None
            for task in tuple(self._under_way):
                task.cancel()

    async def submit(self, submission: Submission) -> Submitted:
        """Take an SMS, or not, as the recipient's last digits will have it."""
        if self._receive is None:
            return Submitted(failure=NOT_BOUND)
        plan = PLANS.get(submission.recipient[-DIGITS:], DELIVERED)
        ids = _ids(submission)
        if plan.refused is not None and self._refuses(plan.refused, submission.message_id):
            if plan.refused is UNANSWERED:
                self._report(submission, ids, plan)
            return Submitted(failure=plan.refused)
        if plan.overtakes:
            await self._deliver(submission, ids, plan, 0.0)
        elif plan.report is not None:
            self._report(submission, ids, plan)
        return Submitted(ids=ids)

    def _refuses(self, failure: Failure, message_id: int) -> bool:
        """Whether it is refused this time: a throttled one is taken at its second attempt."""
        if failure is not THROTTLED:
            return True
        if message_id in self._throttled:
            self._throttled.discard(message_id)
            return False
        self._throttled.add(message_id)
        return True

    def _report(self, submission: Submission, ids: tuple[str, ...], plan: Plan) -> None:
        wait = self.paces.slow if plan.is_slow else self.paces.prompt
        self._start(self._deliver(submission, ids, plan, wait))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(
        self, submission: Submission, ids: tuple[str, ...], plan: Plan, wait: float
    ) -> None:
        """Bring the receipts of all segments, again and again until they are taken."""
        await asyncio.sleep(wait)
        for id in ids:
            report = DeliveryReport(
                carrier=self.name,
                id=id,
                report=plan.report or Report.UNDERWAY,
                sender=submission.sender,
                recipient=submission.recipient,
                delivery_error=plan.error,
            )
            await self._insist(report)

    async def _insist(self, report: DeliveryReport) -> None:
        while True:
            if await self._is_taken(report):
                return
            await asyncio.sleep(AGAIN)

    async def _is_taken(self, traffic: DeliveryReport) -> bool:
        if self._receive is None:
            return True
        try:
            await self._receive(traffic)
        except TemporaryFailure:
            return False
        except PermanentFailure:
            log.warning("receipt refused", carrier=self.name)
        except Exception:
            log.exception("receive failed", carrier=self.name)
        return True

    async def bring(self, sender: str, recipient: str, text: str) -> None:
        """Bring an SMS from outside, in as many parts as it takes; MSISDNs.

        Raises `TemporaryFailure` when the simulator does not run here, or nobody can take it now.
        """
        if self._receive is None:
            raise TemporaryFailure("the simulator does not run in this process")
        cut = segments.cut(text, next(self._references) & 0xFF)
        total = len(cut.octets)
        for number, octets in enumerate(cut.octets, 1):
            part = Part(reference=cut.reference, total=total, number=number)
            await self._receive(
                InboundSms(
                    carrier=self.name,
                    sender=sender,
                    recipient=recipient,
                    octets=octets,
                    alphabet=cut.alphabet,
                    part=part if total > 1 else None,
                )
            )


def _ids(submission: Submission) -> tuple[str, ...]:
    """The same ids for the same submission, also after a restart."""
    first, last = submission.segments_done + 1, segments.count(submission.text)
    return tuple(f"{submission.message_id:X}{number:04X}" for number in range(first, last + 1))
