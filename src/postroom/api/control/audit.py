"""`GET /postroom/v1/audit`: the audit log of the caller's account, for administrators."""

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import Group, Reach, endpoint
from postroom.api.path_ids import LARGEST, id_of
from postroom.api.query import Id, Moment, PerPage
from postroom.directory import auditing
from postroom.directory.auditing import Wanted
from postroom.model.audit import Act
from postroom.model.errors import InvalidParameter
from postroom.model.ids import ExtensionId
from postroom.wire.hold_info import EntryInfo, entry_info
from postroom.wire.paging import PER_PAGE


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which entries: behind a number, since a moment, of one act, by or about one extension."""

    behind: int = 0
    date_from: Moment | None = None
    act: Act | None = None
    extension_id: Id | None = None
    per_page: PerPage = PerPage(PER_PAGE)


class EntryList(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, oldest first; the next page is behind the last one's number."""

    records: list[EntryInfo]


@endpoint(
    "GET",
    "/postroom/v1/audit",
    "listAuditLog",
    scope="ReadAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    reach=Reach.ADMINISTRATOR,
    query=AuditQuery,
    answer=EntryList,
)
async def list_audit_log(call: Call[AuditQuery, None]) -> EntryList:
    """List what was deleted, restored, purged and held, who logged in, and what was changed."""
    query = call.query
    if not 0 <= query.behind <= LARGEST:
        raise InvalidParameter("behind", "it is the number of an entry")
    wanted = Wanted(
        account_id=call.company.account_id,
        since_ms=0 if query.date_from is None else query.date_from,
        act=query.act,
        extension=_extension(call),
    )
    found = await auditing.page(call.counter.store, wanted, query.behind, query.per_page)
    return EntryList(records=[entry_info(one) for one in found])


def _extension(call: Call[AuditQuery, None]) -> ExtensionId | None:
    """The extension that is asked for; an id that nobody has finds nothing."""
    spelled = call.query.extension_id
    if spelled is None:
        return None
    return call.caller.extension.id if spelled == "~" else ExtensionId(id_of(spelled) or -1)
