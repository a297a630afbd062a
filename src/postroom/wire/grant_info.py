"""What an extension may do with others, as JSON: grants and the authorisation profile.

Source: wire.md 3.6.
"""

import msgspec

from postroom.model.extension import Extension
from postroom.wire import uris
from postroom.wire.paging import NavigationInfo, PagingInfo


class GrantedInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """The extension that a grant is about; its id is text here."""

    id: str
    uri: str
    extension_number: str
    name: str
    type: str


class GrantInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """What an extension may do with another one."""

    uri: str
    extension: GrantedInfo
    call_pickup: bool
    call_monitoring: bool
    call_on_behalf_of: bool
    call_delegation: bool
    group_paging: bool
    call_queue_setup: bool
    call_queue_members_setup: bool
    call_queue_messages: bool
    call_queue_fac_setup: bool
    shared_voicemails: bool
    call_queue_sms_recipient: bool
    sms_recipient: bool


class GrantList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of grants."""

    uri: str
    records: list[GrantInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class PermissionReference(msgspec.Struct, kw_only=True, frozen=True):
    """A user permission."""

    uri: str
    id: str


class RoleReference(msgspec.Struct, kw_only=True, frozen=True):
    """The role that gives a permission."""

    uri: str
    id: str


class GrantedPermission(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """A permission of a user, and for what it holds."""

    permission: PermissionReference
    effective_role: RoleReference
    scopes: list[str]


class AuthorizationProfile(msgspec.Struct, kw_only=True, frozen=True):
    """All permissions of a user."""

    uri: str
    permissions: list[GrantedPermission]


class PermissionCheck(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """Whether a user has a permission; the details only if so."""

    uri: str
    successful: bool
    details: GrantedPermission | None = None


def grant_info(owner: Extension, department: Extension, base: str) -> GrantInfo:
    """The grant of a manager of a department: its members and its messages."""
    account_id = owner.account_id
    return GrantInfo(
        uri=f"{uris.extension(base, account_id, owner.id)}/grant",
        extension=GrantedInfo(
            id=str(department.id),
            uri=uris.extension(base, account_id, department.id),
            extension_number=department.number,
            name=department.name,
            type=department.type,
        ),
        call_pickup=False,
        call_monitoring=False,
        call_on_behalf_of=False,
        call_delegation=False,
        group_paging=False,
        call_queue_setup=False,
        call_queue_members_setup=True,
        call_queue_messages=True,
        call_queue_fac_setup=False,
        shared_voicemails=False,
        call_queue_sms_recipient=False,
        sms_recipient=False,
    )


def granted_permission(id: str, role: str, scopes: list[str], base: str) -> GrantedPermission:
    """A permission of a user."""
    return GrantedPermission(
        permission=PermissionReference(uri=uris.rest(base, f"/dictionary/permission/{id}"), id=id),
        effective_role=RoleReference(uri=uris.rest(base, f"/dictionary/user-role/{role}"), id=role),
        scopes=scopes,
    )
