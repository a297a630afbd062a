"""What must be read before a batch of finished submissions and receipts can be judged."""

from collections.abc import Sequence
from typing import NamedTuple

from postroom.mailbox import matching
from postroom.mailbox.parking import as_report
from postroom.mailbox.sheet import Sheet
from postroom.model.traffic import DeliveryReport, Fate, Submitted
from postroom.store import receipts
from postroom.store.commands import Rows
from postroom.store.database import Store
from postroom.store.outbox import Entry
from postroom.store.receipts import ParkedReport, Segment


class Finished(NamedTuple):
    """A submission that came back from the transport."""

    entry: Entry
    submitted: Submitted


class Evidence(NamedTuple):
    """A batch: submissions that finished, receipts that came, receipts to be looked at again."""

    finished: Sequence[Finished] = ()
    reports: Sequence[DeliveryReport] = ()
    parked: Sequence[ParkedReport] = ()


async def fill(store: Store, sheet: Sheet, evidence: Evidence) -> None:
    """Tell the sheet what is known, and what happened, in order."""
    again = [(as_report(parked), parked) for parked in evidence.parked]
    news = [(report, None) for report in evidence.reports]
    await _known(store, sheet, [report for report, _ in (*again, *news)])
    for finished in evidence.finished:
        if finished.entry.segments_done:
            sheet.know(
                await _segments_of(store, finished.entry.account_id, finished.entry.message_id)
            )
        sheet.finish(*finished)
    overtaken = [(as_report(p), p) for p in await _overtaken(store, sheet, evidence.finished)]
    cases = [*overtaken, *again, *news]
    await _unnamed(store, sheet, [report for report, _ in cases if not sheet.fits(report)])
    for report, parked in cases:
        sheet.report(report, parked)


async def _known(store: Store, sheet: Sheet, reports: list[DeliveryReport]) -> None:
    """The segments that the receipts name, with their siblings."""
    ids = sorted({id for report in reports for id in matching.found_by(report.id)})
    if ids:
        rows = await store.look(receipts.SIBLINGS, carrier=sheet.terms.carrier, ids=ids)
        _tell(sheet, rows)


def _tell(sheet: Sheet, rows: Rows) -> None:
    segments = receipts.segments(rows)
    waiting = {s.message for s, row in zip(segments, rows, strict=True) if row[-1]}
    sheet.know(segments, waiting)


async def _segments_of(store: Store, account_id: int, message_id: int) -> list[Segment]:
    arguments = {"account_id": account_id, "message_id": message_id}
    return receipts.segments(await store.look(receipts.OF_MESSAGE, **arguments))


async def _overtaken(
    store: Store, sheet: Sheet, finished: Sequence[Finished]
) -> list[ParkedReport]:
    """Receipts that came before the answers to the submissions that they are about."""
    carrier = sheet.terms.carrier
    taken = (id for _, submitted in finished for id in submitted.ids)
    ids = sorted({spelling for id in taken for spelling in matching.found_by(id)})
    rows = await store.look(receipts.PARKED, carrier=carrier, ids=ids) if ids else []
    recipients = sorted({f.entry.recipient for f in finished if _is_unanswered(f.submitted)})
    if recipients:
        rows += await store.look(receipts.PARKED_FROM, carrier=carrier, recipients=recipients)
    unique = {(parked.folded, parked.id): parked for parked in receipts.parked(rows)}
    return sorted(unique.values(), key=lambda parked: parked.at_ms)


def _is_unanswered(submitted: Submitted) -> bool:
    failure = submitted.failure
    return "" in submitted.ids or (failure is not None and failure.fate is Fate.UNCERTAIN)


async def _unnamed(store: Store, sheet: Sheet, reports: list[DeliveryReport]) -> None:
    """Segments without an id between the numbers of receipts that fit nothing by their id."""
    recipients = sorted({report.recipient for report in reports})
    if not recipients:
        return
    carrier = sheet.terms.carrier
    rows = await store.look(receipts.UNNAMED_TO, carrier=carrier, recipients=recipients)
    for account_id, message_id in {segment.message for segment in receipts.segments(rows)}:
        sheet.know(await _segments_of(store, account_id, message_id))
