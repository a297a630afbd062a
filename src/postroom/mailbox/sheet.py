"""One commit's worth of finished submissions and receipts, worked out before it is written.

Pure: it is told the rows that matter, then what happened, in order; `close` says what to write.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from postroom.mailbox import matching
from postroom.mailbox.parking import moment, parking
from postroom.mailbox.verdicts import Pair, Terms, Verdict, Writing
from postroom.model.delivery import DELIVERED, FAILED, SENT, UNDELIVERED
from postroom.model.ids import ExtensionId
from postroom.model.receipts import fold
from postroom.model.traffic import DeliveryReport, Failure, Fate, Submitted
from postroom.store import receipts
from postroom.store.outbox import UNROUTED, Entry, Key
from postroom.store.receipts import UNNAMED, ParkedReport, Progress, Segment

FIRST_PAUSE_MS = 2_000
LONGEST_PAUSE_MS = 300_000
UNBOUND_PAUSE_MS = 1_000

SegmentKey = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The working paper; times are Unix ms, `now_ms` of messages and `due_ms` of the outbox.

    `behind` names the next carrier for a number, and `flying` holds the address pairs of other
    submissions that are under way.
    """

    terms: Terms
    now_ms: int
    due_ms: int
    behind: Callable[[str], str | None]
    chance: Callable[[], float]
    flying: frozenset[Pair] = frozenset()
    verdicts: dict[Key, Verdict] = field(default_factory=dict)
    writing: Writing = field(default_factory=Writing)
    _segments: dict[SegmentKey, Segment] = field(default_factory=dict)
    _by_id: dict[str, set[SegmentKey]] = field(default_factory=lambda: defaultdict(set))
    _of: dict[Key, list[SegmentKey]] = field(default_factory=lambda: defaultdict(list))
    _stored: dict[SegmentKey, Segment] = field(default_factory=dict)
    _waiting: set[Key] = field(default_factory=set)

    # -- what is known -------------------------------------------------------------------------

    def know(self, rows: Iterable[Segment], waiting: Iterable[Key] = ()) -> None:
        """Segments as they are stored, and messages of which more are to be sent."""
        for segment in rows:
            if _key(segment) not in self._segments:
                self._stored[_key(segment)] = segment
                self._put(segment)
        self._waiting.update(waiting)

    def _put(self, segment: Segment) -> None:
        key = _key(segment)
        if key not in self._segments:
            self._of[segment.message].append(key)
        self._segments[key] = segment
        self._by_id[segment.folded].add(key)

    # -- what happened -------------------------------------------------------------------------

    def finish(self, entry: Entry, submitted: Submitted) -> None:
        """A submission came back from the transport."""
        failure = submitted.failure
        verdict = self._verdict(entry.key, entry.extension_id, (entry.sender, entry.recipient))
        verdict.attempted = failure is None or not failure.not_bound
        verdict.segments = len(submitted.ids)
        done = self._take(entry, submitted.ids)
        match failure:
            case None:
                verdict.status = SENT
            case Failure(fate=Fate.TEMPORARY) if not self._too_old(entry):
                verdict.reason = failure.reason
                self._put_back(entry, done, failure)
                return
            case Failure(fate=Fate.UNCERTAIN) if self.terms.resend:
                verdict.reason = failure.reason
                self._put_back(entry, done, failure)
                return
            case Failure():
                verdict.status, verdict.reason = FAILED, failure.reason
                verdict.error = failure.delivery_error
                verdict.uncertain = failure.fate is Fate.UNCERTAIN
        if verdict.uncertain:
            rest = max(self.terms.segments(entry.body) - done, 1)
            self._take(entry, (UNNAMED,) * rest, done)
        self._waiting.discard(entry.key)
        self.writing.removed.append(entry.key)

    def _too_old(self, entry: Entry) -> bool:
        return self.now_ms - entry.accepted_ms >= self.terms.retry_ms

    def _take(self, entry: Entry, ids: tuple[str, ...], done: int | None = None) -> int:
        """Note the ids of the next segments; how many are done then."""
        number = entry.segments_done if done is None else done
        for id in ids:
            number += 1
            self._put(
                Segment(
                    carrier=self.terms.carrier,
                    folded=fold(id),
                    account_id=entry.account_id,
                    message_id=entry.message_id,
                    segment=number,
                    extension_id=entry.extension_id,
                    carrier_id=id.replace("\0", ""),
                    sender=entry.sender,
                    recipient=entry.recipient,
                    at_ms=self.due_ms,
                )
            )
        return number

    def _put_back(self, entry: Entry, done: int, failure: Failure) -> None:
        """Have it tried again: at once elsewhere, or later; where a segment was accepted, here."""
        carrier, pause = self.terms.carrier, self._pause(entry, failure)
        if not done and failure.fate is Fate.TEMPORARY:
            elsewhere = self.behind(entry.recipient)
            carrier, pause = (elsewhere, 0) if elsewhere else (UNROUTED, pause)
        attempts = entry.attempts - int(failure.not_bound)
        self._waiting.add(entry.key)
        self.writing.returned.append((*entry.key, carrier, done, attempts, self.due_ms + pause))

    def _pause(self, entry: Entry, failure: Failure) -> int:
        """Twice as long after each attempt; up to a half less, so that crowds part."""
        if failure.not_bound:
            return UNBOUND_PAUSE_MS
        doubled = FIRST_PAUSE_MS << min(max(entry.attempts - 1, 0), 10)
        return int(min(doubled, LONGEST_PAUSE_MS) * (1 - self.chance() / 2))

    def fits(self, report: DeliveryReport) -> bool:
        """Whether a segment is known by the receipt's id."""
        return any(self._by_id.get(id) for id in matching.found_by(report.id))

    def report(self, report: DeliveryReport, parked: ParkedReport | None = None) -> bool:
        """A receipt came, or one that was `parked` is looked at again; whether it fitted."""
        found = (self._by_id.get(id, ()) for id in matching.found_by(report.id))
        keys = set[SegmentKey]().union(*found)
        segment = matching.pick(report, (self._segments[key] for key in keys))
        segment = segment or self._unnamed(report)
        if segment is None:
            if parked is None:
                self.writing.parked.append(parking(report, self.due_ms))
            return False
        if parked is not None:
            self.writing.unparked.append((parked.carrier, parked.folded, parked.id))
        self._advance(segment, report)
        return True

    def _unnamed(self, report: DeliveryReport) -> Segment | None:
        """The oldest segment without an id between the same numbers, if none is under way."""
        if (report.sender, report.recipient) in self.flying:
            return None
        unnamed = (self._segments[key] for key in self._by_id[UNNAMED])
        fitting = [s for s in unnamed if matching.agree(report, s)]
        return min(fitting, key=lambda s: (s.at_ms, *_key(s)), default=None)

    def _advance(self, segment: Segment, report: DeliveryReport) -> None:
        after, state = segment, matching.PROGRESS[report.report]
        if segment.state == Progress.OPEN and state != Progress.OPEN:
            after = msgspec.structs.replace(after, state=state, error=report.delivery_error)
        if segment.folded == UNNAMED and (id := fold(report.id)):
            after = msgspec.structs.replace(after, folded=id, carrier_id=report.id)
            self._by_id[UNNAMED].discard(_key(segment))
        if after == segment:
            return
        self._put(after)
        pair = (segment.sender, segment.recipient)
        verdict = self._verdict(segment.message, segment.extension_id, pair)
        verdict.lifted |= after.folded != segment.folded
        if state == Progress.DELIVERED:
            verdict.delivered_ms = moment(report) or self.now_ms

    def _verdict(self, key: Key, extension_id: ExtensionId, pair: Pair) -> Verdict:
        return self.verdicts.setdefault(key, Verdict(key=key, extension_id=extension_id, pair=pair))

    # -- what to write -------------------------------------------------------------------------

    def close(self) -> list[Verdict]:
        """The verdicts that change a message; the other rows are in `writing` then."""
        for key, segment in self._segments.items():
            self._write(self._stored.get(key), segment)
        for verdict in self.verdicts.values():
            self._judge(verdict)
        return [v for v in self.verdicts.values() if v.status is not None or v.attempted]

    def _write(self, stored: Segment | None, now: Segment) -> None:
        if stored is None:
            self.writing.inserted.append(receipts.row(now))
        elif stored.folded != now.folded:
            self.writing.deleted.append(receipts.key(stored))
            self.writing.inserted.append(receipts.row(now))
        elif stored != now:
            self.writing.updated.append((*receipts.key(now), now.state, now.error))

    def _judge(self, verdict: Verdict) -> None:
        """Let the receipts speak; only a sending that failed for sure they cannot change."""
        if verdict.status is FAILED and not verdict.uncertain:
            return
        known = [self._segments[key] for key in self._of[verdict.key]]
        complete = verdict.key not in self._waiting
        proved = matching.status(known, complete=complete)
        named = all(segment.folded != UNNAMED for segment in known)
        if proved is None and verdict.lifted and complete and named:
            proved = SENT
        if proved is None:
            return
        verdict.status, verdict.uncertain = proved, False
        verdict.error = matching.error(known) if proved is UNDELIVERED else None
        if proved is not DELIVERED:
            verdict.delivered_ms = None


def _key(segment: Segment) -> SegmentKey:
    return segment.account_id, segment.message_id, segment.segment
