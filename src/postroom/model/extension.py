"""The owner of a mailbox: who it is, of what type, and whether it is active."""

from enum import StrEnum

import msgspec

from postroom.model.ids import AccountId, ExtensionId


class ExtensionType(StrEnum):
    """The kinds of extension that have a mailbox here, spelled as on the wire."""

    USER = "User"
    VOICEMAIL = "Voicemail"
    DEPARTMENT = "Department"


class ExtensionStatus(StrEnum):
    """Whether an extension works; everything but `Enabled` is inactive."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"
    FROZEN = "Frozen"
    NOT_ACTIVATED = "NotActivated"


ENABLED = ExtensionStatus.ENABLED
USER, DEPARTMENT = ExtensionType.USER, ExtensionType.DEPARTMENT
"""Bound once: a member looked up in its class costs more than the comparison."""


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """One extension of an account.

    `denied` holds the user permissions that were taken from it (`OutboundSMS` ...): everything
    else that its type and `administrator` give it stays.
    """

    account_id: AccountId
    id: ExtensionId
    number: str
    type: ExtensionType
    status: ExtensionStatus
    first_name: str
    last_name: str = ""
    email: str = ""
    administrator: bool = False
    denied: frozenset[str] = frozenset()
    created_ms: int = 0

    @property
    def name(self) -> str:
        """The name that people read."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_active(self) -> bool:
        """Whether it may log in, send and receive."""
        return self.status is ENABLED

    @property
    def is_department(self) -> bool:
        """Whether it is a department (a call queue)."""
        return self.type is DEPARTMENT
