"""`…/authz-profile`: the permissions of a user, and the check of one.

Source: wire.md 3.6.
"""

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import Group, Reach, X, endpoint
from postroom.api.query import Id
from postroom.model.access import permissions
from postroom.model.errors import NotFound
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.wire import uris
from postroom.wire.grant_info import (
    AuthorizationProfile,
    GrantedPermission,
    PermissionCheck,
    granted_permission,
)

ADMINISTRATOR_ROLE, USER_ROLE = "1", "4"
OF_ACCOUNT = frozenset(
    {"ReadCompanyInfo", "ReadCompanyPhoneNumbers", "AccountAdministration", "Users"}
)
OF_EVERYBODY = frozenset({"ReadExtensions"})
"""Permissions that hold for the account, and those that hold for colleagues in anybody's hands."""


class ProfileQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """For whose sake it is asked."""

    target_extension_id: Id | None = None


class CheckQuery(ProfileQuery, frozen=True, kw_only=True, rename="camel"):
    """Which permission is meant, and for whose sake."""

    permission_id: str


def _scopes(extension: Extension, permission: str) -> list[str]:
    if permission in OF_ACCOUNT:
        return ["Account"]
    if extension.administrator or permission in OF_EVERYBODY:
        return ["AllExtensions"]
    return ["Self"]


def _granted(extension: Extension, permission: str, base: str) -> GrantedPermission:
    role = ADMINISTRATOR_ROLE if extension.administrator else USER_ROLE
    return granted_permission(permission, role, _scopes(extension, permission), base)


def _target(call: Call[ProfileQuery, None] | Call[CheckQuery, None]) -> ExtensionId | None:
    spelled = call.query.target_extension_id
    if spelled is None:
        return None
    if spelled == "~":
        return call.caller.extension.id
    id = ExtensionId(int(spelled))
    if id not in call.company.extensions:
        raise NotFound("targetExtensionId")
    return id


def _holds(extension: Extension, permission: str, target: ExtensionId | None) -> bool:
    """Whether a user has a permission, and for this extension."""
    if permission not in permissions(extension):
        return False
    return target in (None, extension.id) or _scopes(extension, permission) != ["Self"]


@endpoint(
    "GET",
    f"{X}/authz-profile",
    "readAuthorizationProfile",
    group=Group.MEDIUM,
    reach=Reach.PERSONAL,
    query=ProfileQuery,
    answer=AuthorizationProfile,
)
async def read_profile(call: Call[ProfileQuery, None]) -> AuthorizationProfile:
    """List the permissions of a user."""
    extension, target = call.extension, _target(call)
    return AuthorizationProfile(
        uri=f"{uris.extension(call.base, extension.account_id, extension.id)}/authz-profile",
        permissions=[
            _granted(extension, permission, call.base)
            for permission in sorted(permissions(extension))
            if _holds(extension, permission, target)
        ],
    )


@endpoint(
    "GET",
    f"{X}/authz-profile/check",
    "checkUserPermission",
    reach=Reach.PERSONAL,
    query=CheckQuery,
    answer=PermissionCheck,
)
async def check_permission(call: Call[CheckQuery, None]) -> PermissionCheck:
    """Tell whether a user has a permission."""
    extension, permission = call.extension, call.query.permission_id
    successful = _holds(extension, permission, _target(call))
    return PermissionCheck(
        uri=f"{uris.extension(call.base, extension.account_id, extension.id)}/authz-profile/check",
        successful=successful,
        details=_granted(extension, permission, call.base) if successful else None,
    )
