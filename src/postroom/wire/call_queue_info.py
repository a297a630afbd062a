"""Departments as JSON: call queues, and their members.

Source: wire.md 3.5.
"""

import msgspec

from postroom.model.extension import Extension, ExtensionStatus
from postroom.wire import uris
from postroom.wire.extension_info import ExtensionReference
from postroom.wire.paging import NavigationInfo, PagingInfo


class CallQueueInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """One call queue; a frozen one is shown as disabled, as there is no word for it here."""

    uri: str
    id: str
    extension_number: str
    name: str
    status: str


class CallQueueDetails(CallQueueInfo, kw_only=True, frozen=True):
    """One call queue by itself."""

    editable_member_status: bool


class CallQueueList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of call queues."""

    uri: str
    records: list[CallQueueInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class MemberList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of the members of a department."""

    uri: str
    records: list[ExtensionReference]
    paging: PagingInfo
    navigation: NavigationInfo


STATUS: dict[ExtensionStatus, str] = {
    ExtensionStatus.ENABLED: "Enabled",
    ExtensionStatus.DISABLED: "Disabled",
    ExtensionStatus.FROZEN: "Disabled",
    ExtensionStatus.NOT_ACTIVATED: "NotActivated",
}


def call_queue_info(department: Extension, base: str) -> CallQueueInfo:
    """The record of a call queue in a list."""
    return CallQueueInfo(
        uri=uris.extension(base, department.account_id, department.id),
        id=str(department.id),
        extension_number=department.number,
        name=department.name,
        status=STATUS[department.status],
    )


def call_queue_details(department: Extension, base: str) -> CallQueueDetails:
    """The record of a call queue by itself."""
    known = call_queue_info(department, base)
    return CallQueueDetails(**msgspec.structs.asdict(known), editable_member_status=False)
