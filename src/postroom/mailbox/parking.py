"""Delivery receipts that fit nothing yet, as they are kept and as they were."""

from datetime import UTC, datetime
from hashlib import blake2b

from postroom.model.receipts import fold
from postroom.model.traffic import DeliveryReport
from postroom.store import codes
from postroom.store.receipts import ParkedReport


def moment(report: DeliveryReport) -> int | None:
    """When it was delivered, in Unix ms, if the receipt says so."""
    return int(report.done_at.timestamp() * 1000) if report.done_at else None


def parking(report: DeliveryReport, at_ms: int) -> ParkedReport:
    """How a receipt is kept; the same receipt repeated is the same row."""
    said = f"{report.id}|{report.report}|{report.sender}|{report.recipient}"
    digest = blake2b(said.encode(errors="replace"), digest_size=7).digest()
    return ParkedReport(
        carrier=report.carrier,
        folded=fold(report.id),
        id=int.from_bytes(digest),
        carrier_id=report.id,
        report=codes.REPORT[report.report],
        sender=report.sender,
        recipient=report.recipient,
        error=report.delivery_error,
        done_ms=moment(report),
        at_ms=at_ms,
    )


def as_report(parked: ParkedReport) -> DeliveryReport:
    """A parked receipt as it was."""
    done_ms = parked.done_ms
    return DeliveryReport(
        carrier=parked.carrier,
        id=parked.carrier_id,
        report=codes.REPORT.member(parked.report),
        sender=parked.sender,
        recipient=parked.recipient,
        delivery_error=parked.error,
        done_at=None if done_ms is None else datetime.fromtimestamp(done_ms / 1000, UTC),
    )
