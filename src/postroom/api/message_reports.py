"""`…/message-store-report`: all messages of an account, collected into ZIPs for download.

Source: wire.md 2.10.
"""

import secrets

import msgspec

from postroom.api.call import Call, Reply, encode
from postroom.api.dispositions import disposition
from postroom.api.endpoint import A, Group, endpoint
from postroom.api.path_ids import id_of
from postroom.api.serving import Content, serve
from postroom.mailbox import reports
from postroom.model.errors import InvalidParameter, NotFound
from postroom.model.message import MessageType
from postroom.model.report import DAY_MS, Report, ReportStatus
from postroom.wire import times
from postroom.wire.report_info import ArchiveList, ReportInfo, archive_list, report_info

TASKS = f"{A}/message-store-report"
ACCEPTED = 202
ZIP_TYPE = "application/zip"


class ReportWish(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which messages: the last 24 hours and all types, unless it is said otherwise."""

    date_from: str | None = None
    date_to: str | None = None
    message_types: list[MessageType] | None = None


@endpoint(
    "POST",
    TASKS,
    "createMessageStoreReport",
    scope="ReadMessages",
    permission="Users",
    group=Group.HEAVY,
    body=ReportWish,
    answer=ReportInfo,
    status=ACCEPTED,
)
async def create_report(call: Call[None, ReportWish]) -> Reply:
    """Have all messages of the account collected that were created in a stretch of time."""
    now, wish = call.counter.clock(), call.body
    until = _moment("dateTo", wish.date_to, now)
    since = _moment("dateFrom", wish.date_from, until - DAY_MS)
    if since > until:
        raise InvalidParameter("dateFrom", "it is later than dateTo")
    account_id, asker = call.company.account_id, call.caller.extension.id
    report = Report(
        account_id=account_id,
        id=f"{account_id}-{asker}-{secrets.token_hex(16)}",
        extension_id=asker,
        status=ReportStatus.ACCEPTED,
        from_ms=since,
        to_ms=until,
        types=tuple(dict.fromkeys(wish.message_types or ())),
        attempts=0,
        started_ms=now,
    )
    await reports.ask(call.counter.store, report)
    return Reply(status=ACCEPTED, body=encode(report_info(report, call.base)))


def _moment(name: str, spelled: str | None, otherwise: int) -> int:
    if spelled is None:
        return max(otherwise, times.EARLIEST)
    moment = times.parse(spelled)
    if moment is None:
        raise InvalidParameter(name)
    return moment


@endpoint(
    "GET",
    f"{TASKS}/{{taskId}}",
    "readMessageStoreReportTask",
    scope="ReadMessages",
    permission="Users",
    group=Group.HEAVY,
    answer=ReportInfo,
)
async def read_report(call: Call[None, None]) -> ReportInfo:
    """Get how far a report is."""
    report = await reports.one(
        call.counter.store, call.company.account_id, _task_id(call.path["taskId"])
    )
    return report_info(report, call.base)


@endpoint(
    "GET",
    f"{TASKS}/{{taskId}}/archive",
    "readMessageStoreReportArchive",
    scope="ReadMessages",
    permission="Users",
    group=Group.HEAVY,
    answer=ArchiveList,
)
async def list_archives(call: Call[None, None]) -> ArchiveList:
    """List the ZIPs of a completed report."""
    found = await reports.archives(
        call.counter.store, call.company.account_id, _task_id(call.path["taskId"])
    )
    return archive_list(found, call.base)


@endpoint(
    "GET",
    f"{TASKS}/{{taskId}}/archive/{{archiveId}}",
    "readMessageStoreReportArchiveContent",
    scope="ReadMessages",
    permission="Users",
    group=Group.HEAVY,
    produces=(ZIP_TYPE,),
)
async def read_archive(call: Call[None, None]) -> Reply:
    """Download a ZIP of a completed report, or a range of it."""
    task_id, number = _task_id(call.path["taskId"]), id_of(call.path["archiveId"])
    found = await reports.archives(call.counter.store, call.company.account_id, task_id)
    for one in found:
        if one.number == number:
            name = f"{task_id}-{number}.zip"
            content = Content(content_type=ZIP_TYPE, size=one.size, file_name=name, key=one.key)
            shown = disposition("attachment", name)
            return await serve(call, content, f'"{task_id}-{number}"', shown, "archiveId")
    raise NotFound("archiveId")


def _task_id(spelled: str) -> str:
    """The id of a task; what cannot be one is not looked for."""
    if not spelled.isascii() or not spelled.replace("-", "").isalnum():
        raise NotFound("taskId")
    return spelled
