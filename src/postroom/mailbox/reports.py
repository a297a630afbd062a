"""Message store reports, as whoever asked for them sees them."""

from postroom.model.errors import NotFound
from postroom.model.ids import AccountId
from postroom.model.report import Archive, Report, ReportStatus
from postroom.store import reports
from postroom.store.database import Store


async def ask(store: Store, new: Report) -> None:
    """Have a report made.  Raises `TooManyReports`."""
    await store.transact(lambda: reports.create(new), new.account_id)


async def one(store: Store, account_id: AccountId, id: str) -> Report:
    """A report of the account.  Raises `NotFound`."""
    found = reports.read(await store.look(reports.GET, account_id=account_id, id=id))
    if not found:
        raise NotFound("taskId")
    return found[0]


async def archives(store: Store, account_id: AccountId, id: str) -> list[Archive]:
    """The archives of a report that is completed, in order.  Raises `NotFound`."""
    report = await one(store, account_id, id)
    if report.status is not ReportStatus.COMPLETED:
        raise NotFound("archive")
    rows = await store.look(reports.ARCHIVES, account_id=account_id, id=id)
    return [one for one in reports.archives(rows) if one.attempt == report.attempts]
