"""A message store report as JSON.

Source: wire.md 2.10.
"""

import msgspec

from postroom.model.message import MessageType
from postroom.model.report import Archive, Report, ReportStatus
from postroom.wire import uris
from postroom.wire.times import iso


class ReportInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """The task of making a report."""

    id: str
    uri: str
    status: ReportStatus
    account_id: str
    extension_id: str
    date_from: str
    date_to: str
    start_time: str
    finish_time: str | None = None
    message_types: list[MessageType] | None = None


class ArchiveInfo(msgspec.Struct, kw_only=True, frozen=True):
    """One ZIP of a report; `size` in bytes."""

    size: int
    uri: str


class ArchiveList(msgspec.Struct, kw_only=True, frozen=True):
    """The ZIPs of a report: the first one has the metadata, the others have attachments."""

    records: list[ArchiveInfo]


def report_info(report: Report, base: str) -> ReportInfo:
    """The task as it is now."""
    return ReportInfo(
        id=report.id,
        uri=uris.report(base, report.account_id, report.id),
        status=report.status,
        account_id=str(report.account_id),
        extension_id=str(report.extension_id),
        date_from=iso(report.from_ms),
        date_to=iso(report.to_ms),
        start_time=iso(report.started_ms),
        finish_time=None if report.finished_ms is None else iso(report.finished_ms),
        message_types=list(report.types) or None,
    )


def archive_list(archives: list[Archive], base: str) -> ArchiveList:
    """All ZIPs of one report."""
    return ArchiveList(
        records=[
            ArchiveInfo(
                size=one.size,
                uri=f"{uris.report(base, one.account_id, one.report_id)}/archive/{one.number}",
            )
            for one in archives
        ]
    )
