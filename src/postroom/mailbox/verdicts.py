"""What a batch of submissions and receipts comes to, as values."""

from collections.abc import Callable
from dataclasses import dataclass, field

from postroom.model import segments
from postroom.model.ids import ExtensionId
from postroom.model.marking import Outcome
from postroom.model.message import MessageStatus
from postroom.store import leases, outbox, receipts
from postroom.store.commands import Steps, many
from postroom.store.leases import Lease
from postroom.store.outbox import Key
from postroom.store.receipts import ParkedReport
from postroom.store.statements import Row

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How one carrier's submissions are treated.

    `segments` counts the ids that the carrier will give for a text, and `resend` says what becomes
    of a submission that was on the wire when the answer was lost.
    """

    carrier: str
    resend: bool = False
    retry_ms: int = 24 * 3_600_000
    segments: Callable[[str], int] = segments.count


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What becomes of one message; `reason` is for the journal."""

    key: Key
    extension_id: ExtensionId
    pair: Pair
    status: MessageStatus | None = None
    uncertain: bool = False
    error: str | None = None
    delivered_ms: int | None = None
    attempted: bool = False
    lifted: bool = False
    segments: int = 0
    reason: str = ""

    def outcome(self, now_ms: int) -> Outcome:
        """The change of the message."""
        return Outcome(
            account_id=self.key[0],
            extension_id=self.extension_id,
            message_id=self.key[1],
            now_ms=now_ms,
            status=self.status,
            uncertain=self.uncertain,
            delivery_error=self.error,
            delivered_ms=self.delivered_ms,
            attempted=self.attempted,
        )


@dataclass(slots=True, kw_only=True)
class Writing:
    """The rows to write beside the outcomes."""

    inserted: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)
    deleted: list[Row] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    returned: list[Row] = field(default_factory=list)
    parked: list[ParkedReport] = field(default_factory=list)
    unparked: list[Row] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not any(getattr(self, name) for name in self.__slots__)

    def steps(self, lease: Lease) -> Steps[None]:
        """Write them.  Raises `LeaseLost`."""
        yield from leases.check(lease)
        yield from many(receipts.DELETE_SEGMENTS, self.deleted)
        yield from many(receipts.INSERT_SEGMENTS, self.inserted)
        yield from many(receipts.UPDATE_SEGMENTS, self.updated)
        yield from many(outbox.REMOVE, self.removed)
        yield from many(outbox.PUT_BACK, self.returned)
        yield from many(receipts.PARK, [receipts.row(parked) for parked in self.parked])
        yield from many(receipts.UNPARK, self.unparked)
