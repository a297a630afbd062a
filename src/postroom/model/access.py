"""Who may do what: a pure table of user permissions and of the apps' scopes.

Source: wire.md 1.5.
"""

import msgspec

from postroom.model.company import Company
from postroom.model.errors import AnotherExtension, UserLacksPermission
from postroom.model.extension import Extension, ExtensionType
from postroom.model.ids import AccountId, ExtensionId

IMPLIED: dict[str, frozenset[str]] = {
    "SMS": frozenset({"ReadMessages"}),
    "Faxes": frozenset({"ReadMessages"}),
    "InternalMessages": frozenset({"ReadMessages"}),
    "EditMessages": frozenset({"ReadMessages"}),
    "EditAccounts": frozenset({"ReadAccounts", "EditExtensions"}),
    "EditExtensions": frozenset(),
}
"""What a scope of an app brings with it."""

SCOPES: frozenset[str] = frozenset(
    {
        "SMS",
        "Faxes",
        "InternalMessages",
        "ReadMessages",
        "EditMessages",
        "A2PSMS",
        "ReadAccounts",
        "EditAccounts",
        "EditExtensions",
        "SubscriptionWebhook",
        "WebSocket",
        "WebSocketsSubscription",
        "ReadContacts",
        "Contacts",
        "Voicemail",
        "VoipCalling",
        "ReadPresence",
        "ReadCallLog",
        "ReadClientInfo",
    }
)

EVERYBODY: frozenset[str] = frozenset(
    {
        "OutboundSMS",
        "InternalSMS",
        "OutboundFaxes",
        "ReadMessages",
        "ReadMessageContent",
        "EditMessages",
        "ReadCompanyInfo",
        "ReadExtensions",
        "ReadUserPhoneNumbers",
        "ReadExtensionGrant",
        "ReadMessagesNotificationsSettings",
        "EditMessagesNotificationsSettings",
    }
)
ADMINISTRATORS: frozenset[str] = EVERYBODY | {
    "ReadCompanyPhoneNumbers",
    "EditUserInfo",
    "Groups",
    "UserGroups",
    "EditCallQueuePresence",
    "AccountAdministration",
    "Users",
}


SENDERS = (ExtensionType.USER, ExtensionType.DEPARTMENT)
"""The types that send SMS."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token stands for, as verified when the account was at `session_version`."""

    session_id: str
    account_id: AccountId
    extension_id: ExtensionId
    client_id: str
    scopes: frozenset[str]
    expires_ms: int
    session_version: int


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: an identity, with its extension and company as the directory knows them now."""

    identity: Identity
    extension: Extension
    company: Company


def implied(scopes: frozenset[str]) -> frozenset[str]:
    """The scopes, with all that they bring with them."""
    wider = scopes.union(*(IMPLIED.get(scope, frozenset()) for scope in scopes))
    return wider if wider == scopes else implied(wider)


def permissions(extension: Extension) -> frozenset[str]:
    """The user permissions of an extension."""
    granted = ADMINISTRATORS if extension.administrator else EVERYBODY
    return granted - extension.denied


def check_permission(extension: Extension, permission: str | None) -> None:
    """Raises `UserLacksPermission` when the user lacks it; `None` is always allowed."""
    if permission is not None and permission not in permissions(extension):
        raise UserLacksPermission(permission)


def may_read_mailbox(company: Company, caller: Extension, owner: ExtensionId) -> bool:
    """Whether the caller may open a mailbox: the owner, an administrator, a department's manager.

    Source: wire.md 2, who may act on whose mailbox.
    """
    return (
        caller.id == owner or caller.administrator or caller.id in company.managers.get(owner, ())
    )


def check_mailbox(company: Company, caller: Extension, owner: ExtensionId) -> None:
    """Raises `AnotherExtension` when the caller may not open the mailbox."""
    if not may_read_mailbox(company, caller, owner):
        raise AnotherExtension


def may_send(extension: Extension) -> bool:
    """Whether extensions of this type send SMS.  Source: wire.md 5.2."""
    return extension.type in SENDERS
