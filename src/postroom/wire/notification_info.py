"""Notification settings as JSON.

Source: wire.md 2.12.
"""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from postroom.model.extension import Extension
from postroom.model.notification import Notifications
from postroom.wire import uris


class EmailRecipient(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A manager who is told of a department's messages."""

    extension_id: str
    full_name: str
    extension_number: str
    status: str
    email_addresses: tuple[str, ...]
    permission: str


class NotificationInfo(Notifications, frozen=True, kw_only=True, rename="camel"):
    """The settings in effect; `emailRecipients` are the managers of a department."""

    uri: str
    email_recipients: list[EmailRecipient] | UnsetType = UNSET


def notification_info(
    owner: Extension,
    settings: Notifications,
    managers: Sequence[tuple[Extension, Notifications]],
    base: str,
) -> NotificationInfo:
    """The settings of an extension, with the managers where it is a department that has some."""
    return NotificationInfo(
        **{name: getattr(settings, name) for name in Notifications.__struct_fields__},
        uri=f"{uris.extension(base, owner.account_id, owner.id)}/notification-settings",
        email_recipients=[_recipient(*one) for one in managers] or UNSET,
    )


def _recipient(manager: Extension, settings: Notifications) -> EmailRecipient:
    addresses = settings.email_addresses
    return EmailRecipient(
        extension_id=str(manager.id),
        full_name=manager.name,
        extension_number=manager.number,
        status=str(manager.status),
        email_addresses=() if isinstance(addresses, UnsetType) else addresses,
        permission="FullAccess",
    )
