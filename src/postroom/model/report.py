"""A message store report: a task that collects the messages of an account for download.

    Accepted -> Pending -> InProgress -> Completed
                   ^           |-------> Cancelled      who asked may not have it any more
                   |           v
                   +---- AttemptFailed ----> Failed     after `ATTEMPTS`

Source: wire.md 2.10.
"""

from enum import StrEnum

import msgspec

from postroom.model.errors import Invalid
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.message import MessageType

MOST_OPEN = 2
ATTEMPTS = 3
DAY_MS = 24 * 3600 * 1000


class ReportStatus(StrEnum):
    """Where a task is, spelled as on the wire."""

    ACCEPTED = "Accepted"
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    ATTEMPT_FAILED = "AttemptFailed"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELLED = "Cancelled"


OPEN = frozenset(
    {
        ReportStatus.ACCEPTED,
        ReportStatus.PENDING,
        ReportStatus.IN_PROGRESS,
        ReportStatus.ATTEMPT_FAILED,
    }
)
"""The states of a task that is still to be done; an account may have `MOST_OPEN` of them."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One task; `from_ms` and `to_ms` are inclusive bounds of the creation time.

    `extension_id` is who asked.  No `types` mean all.  `attempts` counts those begun.
    """

    account_id: AccountId
    id: str
    extension_id: ExtensionId
    status: ReportStatus
    from_ms: int
    to_ms: int
    types: tuple[MessageType, ...]
    attempts: int
    started_ms: int
    finished_ms: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.status in OPEN


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """One ZIP of a report: number 0 has the metadata, the others have attachments; `size` in bytes.

    Each attempt writes objects of its own.
    """

    account_id: AccountId
    report_id: str
    attempt: int
    number: int
    size: int

    @property
    def key(self) -> str:
        """The key of its object."""
        return f"reports/{self.report_id}/{self.attempt}-{self.number}"


class TooManyReports(Invalid):
    """The account has as many tasks under way as it may have."""

    sentence = f"At most {MOST_OPEN} message store reports of an account may be under way"


def failed(attempts: int) -> ReportStatus:
    """What becomes of a task whose attempt failed, the last one of `attempts`."""
    return ReportStatus.FAILED if attempts >= ATTEMPTS else ReportStatus.ATTEMPT_FAILED
