"""Which segment a delivery receipt is about, and what the segments say of their message.

    the id, spelled alike up to letter case and zeros; addresses agree   best
    another spelling of the id (hexadecimal, decimal); addresses agree
    the id spelled alike, nothing final known; an address was rewritten  last

A carrier's ids mean nothing at another carrier.
"""

from collections.abc import Collection, Iterable

from postroom.model.message import MessageStatus
from postroom.model.receipts import fold, spellings
from postroom.model.traffic import DeliveryReport, Report
from postroom.store.receipts import Progress, Segment

PROGRESS = {
    Report.DELIVERED: Progress.DELIVERED,
    Report.FAILED: Progress.FAILED,
    Report.UNDERWAY: Progress.OPEN,
}
"""What a receipt makes of an open segment."""


def found_by(id: str) -> tuple[str, ...]:
    """The canonical spellings under which a segment, or its receipt, may be kept."""
    return spellings(id) if fold(id) else ()


def agree(report: DeliveryReport, segment: Segment) -> bool:
    """Whether both addresses are those of the segment."""
    return _same(report.sender, segment.sender) and _same(report.recipient, segment.recipient)


def _same(one: str, other: str) -> bool:
    return one.lstrip("+0").lower() == other.lstrip("+0").lower()


def pick(report: DeliveryReport, candidates: Iterable[Segment]) -> Segment | None:
    """The segment that a receipt is about, the newest of equally good ones."""
    ranked = [(_rank(report, segment), segment.message_id, segment) for segment in candidates]
    fitting = [entry for entry in ranked if entry[0]]
    return max(fitting, key=lambda entry: entry[:2])[2] if fitting else None


def _rank(report: DeliveryReport, segment: Segment) -> int:
    alike = fold(report.id) == segment.folded
    if agree(report, segment):
        return 3 if alike else 2
    # An id given twice, or a receipt that overtook its answer: not what is over and done with.
    return int(alike and segment.state == Progress.OPEN)


def status(segments: Collection[Segment], *, complete: bool) -> MessageStatus | None:
    """What the segments prove of their message; `complete` when no more are to be sent.

    Delivered when all are, DeliveryFailed as soon as one finally failed.
    """
    states = {segment.state for segment in segments}
    if Progress.FAILED in states:
        return MessageStatus.DELIVERY_FAILED
    if complete and states == {Progress.DELIVERED}:
        return MessageStatus.DELIVERED
    return None


def error(segments: Iterable[Segment]) -> str | None:
    """The `deliveryErrorCode` of the first segment that failed."""
    return next((s.error for s in segments if s.state == Progress.FAILED), None)
