"""Lines for the journal, and numbers, once outcomes are durable."""

from collections.abc import Iterable, Sequence

from postroom.mailbox.evidence import Finished
from postroom.mailbox.verdicts import Verdict
from postroom.model.delivery import DELIVERED, FAILED, SENT, UNDELIVERED
from postroom.model.marking import Marked
from postroom.observability import journal, logs, metrics
from postroom.observability.journal import Facts
from postroom.store.outbox import Entry
from postroom.store.receipts import ParkedReport

log = logs.get("mailbox.outcome")


def settled(carrier: str, verdicts: Sequence[Verdict], marked: Sequence[Marked]) -> None:
    """One line per message that changed."""
    for verdict, mark in zip(verdicts, marked, strict=True):
        if mark.changed:
            _tell(carrier, verdict)


def _tell(carrier: str, verdict: Verdict) -> None:
    facts = _facts(carrier, verdict)
    if verdict.status is None:
        journal.retried(verdict.reason, **facts)
    elif verdict.uncertain:
        journal.uncertain(verdict.reason, **facts)
    elif verdict.status in (FAILED, UNDELIVERED):
        journal.failed(verdict.reason or verdict.error or "", **facts)
    if verdict.status is SENT or (verdict.attempted and verdict.status is DELIVERED):
        journal.sent(**facts)
    if verdict.status is DELIVERED:
        journal.delivered(**facts)


def _facts(carrier: str, verdict: Verdict) -> Facts:
    return Facts(
        account_id=verdict.key[0],
        extension_id=verdict.extension_id,
        message_id=verdict.key[1],
        sender=verdict.pair[0],
        recipient=verdict.pair[1],
        carrier=carrier,
        segments=verdict.segments,
    )


def counted(carrier: str, finished: Iterable[Finished]) -> None:
    """Count the segments that were accepted and those that were not."""
    for _, submitted in finished:
        metrics.carrier_submitted.add((carrier,), len(submitted.ids))
        if submitted.failure is not None:
            metrics.carrier_failed.add((carrier, submitted.failure.fate.value))


def parked(reports: Iterable[ParkedReport]) -> None:
    """Receipts that fit nothing yet."""
    for report in reports:
        journal.parked(
            "fits no message",
            carrier=report.carrier,
            sender=report.sender,
            recipient=report.recipient,
        )


def unserved(entries: Iterable[Entry]) -> None:
    """Submissions that no carrier serves: they wait for one until they are too old."""
    for entry in entries:
        log.warning(
            "no carrier serves this number",
            message_id=entry.message_id,
            recipient=journal.masked(entry.recipient),
        )
