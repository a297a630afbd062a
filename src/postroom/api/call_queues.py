"""`…/call-queues` and, in its older form, `…/department`: departments and their members.

Source: wire.md 3.5.
"""

import msgspec

from postroom.api.call import NO_CONTENT, Call, Reply
from postroom.api.endpoint import A, Group, Reach, endpoint
from postroom.api.pages import cut, given
from postroom.api.path_ids import id_of
from postroom.api.query import Id, PageQuery
from postroom.api.reach import check_department
from postroom.directory import provisioning
from postroom.directory.provisioning import Assignment
from postroom.model.errors import InvalidParameter, InvalidReference, NotFound
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.wire import uris
from postroom.wire.call_queue_info import (
    CallQueueDetails,
    CallQueueList,
    MemberList,
    call_queue_details,
    call_queue_info,
)
from postroom.wire.extension_info import reference

MOST_IDS = 1000


class QueueQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of the list."""

    member_extension_id: Id | None = None


class MembersChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who is put into a department and who is taken out, by their ids."""

    added_extension_ids: list[str | int] = []
    removed_extension_ids: list[str | int] = []


class DepartmentChange(MembersChange, frozen=True, kw_only=True, rename="camel"):
    """The same for a department that is named."""

    department_id: str | int


class DepartmentChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of several departments at once."""

    items: list[DepartmentChange]


@endpoint(
    "GET",
    f"{A}/call-queues",
    "listCallQueues",
    scope="ReadAccounts",
    permission="ReadExtensions",
    group=Group.MEDIUM,
    query=QueueQuery,
    answer=CallQueueList,
)
async def list_queues(call: Call[QueueQuery, None]) -> CallQueueList:
    """List the departments of the account."""
    company, spelled = call.company, call.query.member_extension_id
    found = [one for one in company.extensions.values() if one.is_department]
    if spelled is not None:
        member = call.caller.extension.id if spelled == "~" else int(spelled)
        found = [one for one in found if member in company.members.get(one.id, ())]
    found.sort(key=lambda one: (len(one.number), one.number))
    uri = f"{uris.account(call.base, company.account_id)}/call-queues"
    shown, place = cut(call.query, uri, given(memberExtensionId=spelled), found)
    records = [call_queue_info(one, call.base) for one in shown]
    return CallQueueList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


@endpoint(
    "GET",
    f"{A}/call-queues/{{groupId}}",
    "readCallQueueInfo",
    scope="ReadAccounts",
    permission="ReadExtensions",
    answer=CallQueueDetails,
)
async def read_queue(call: Call[None, None]) -> CallQueueDetails:
    """Get a department."""
    return call_queue_details(_department(call, "groupId"), call.base)


def _department(
    call: Call[None, None] | Call[PageQuery, None] | Call[None, MembersChange], parameter: str
) -> Extension:
    """The department that the path names.  Raises `NotFound`."""
    id = id_of(call.path[parameter])
    found = None if id is None else call.company.extensions.get(ExtensionId(id))
    if found is None or not found.is_department:
        raise NotFound(parameter)
    return found


@endpoint(
    "GET",
    f"{A}/call-queues/{{groupId}}/members",
    "listCallQueueMembers",
    scope="ReadAccounts",
    permission="ReadExtensions",
    query=PageQuery,
    answer=MemberList,
)
async def list_queue_members(call: Call[PageQuery, None]) -> MemberList:
    """List the members of a department."""
    return _members(call, "call-queues", _department(call, "groupId"))


@endpoint(
    "GET",
    f"{A}/department/{{departmentId}}/members",
    "listDepartmentMembers",
    scope="ReadAccounts",
    permission="ReadExtensions",
    query=PageQuery,
    answer=MemberList,
)
async def list_department_members(call: Call[PageQuery, None]) -> MemberList:
    """List the members of a department; the older form."""
    return _members(call, "department", _department(call, "departmentId"), named=True)


def _members(
    call: Call[PageQuery, None], kind: str, department: Extension, *, named: bool = False
) -> MemberList:
    company = call.company
    uri = f"{uris.account(call.base, company.account_id)}/{kind}/{department.id}/members"
    shown, place = cut(call.query, uri, {}, company.members.get(department.id, ()))
    records = [reference(company.extensions[id], call.base, named=named) for id in shown]
    return MemberList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


@endpoint(
    "POST",
    f"{A}/call-queues/{{groupId}}/bulk-assign",
    "assignMultipleCallQueueMembers",
    scope="EditExtensions",
    permission="Groups",
    group=Group.HEAVY,
    reach=Reach.DEPARTMENT,
    body=MembersChange,
    status=204,
)
async def assign_queue_members(call: Call[None, MembersChange]) -> Reply:
    """Put extensions into a department, and take others out."""
    department = _department(call, "groupId")
    check_department(call, department)
    return await _assign(call, [_assignment(department.id, call.body)])


@endpoint(
    "POST",
    f"{A}/department/bulk-assign",
    "assignMultipleDepartmentMembers",
    scope="EditAccounts",
    permission="UserGroups",
    group=Group.HEAVY,
    body=DepartmentChanges,
    status=204,
)
async def assign_department_members(call: Call[None, DepartmentChanges]) -> Reply:
    """Put extensions into departments, and take others out; the older form."""
    changes = [
        _assignment(_id(change.department_id, "departmentId"), change) for change in call.body.items
    ]
    return await _assign(call, changes)


async def _assign(
    call: Call[None, MembersChange] | Call[None, DepartmentChanges], changes: list[Assignment]
) -> Reply:
    counter = call.counter
    signed = call.signature
    await provisioning.assign_members(
        counter.store, call.company, changes, signed.at_ms, signed=signed
    )
    return NO_CONTENT


def _assignment(department: ExtensionId, change: MembersChange) -> Assignment:
    return Assignment(
        department=department,
        added=_ids(change.added_extension_ids, "addedExtensionIds"),
        removed=_ids(change.removed_extension_ids, "removedExtensionIds"),
    )


def _ids(given: list[str | int], parameter: str) -> tuple[ExtensionId, ...]:
    if len(given) > MOST_IDS:
        raise InvalidParameter(parameter, f"at most {MOST_IDS} ids are allowed")
    return tuple(_id(one, parameter) for one in given)


def _id(given: str | int, parameter: str) -> ExtensionId:
    id = id_of(str(given))
    if id is None:
        raise InvalidReference(parameter)
    return ExtensionId(id)
