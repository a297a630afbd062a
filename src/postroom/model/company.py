"""A company as the directory knows it at one version: immutable, held in memory.

Every change of the directory raises `version` in its own transaction, and every revoke or change
of an extension's status raises `session_version`; a filing is only committed when both are still
those of the snapshot that it was made with.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId, NumberId
from postroom.model.keeping import Choices


class Usage(StrEnum):
    """What a phone number is for, spelled as on the wire."""

    MAIN = "MainCompanyNumber"
    COMPANY = "CompanyNumber"
    DIRECT = "DirectNumber"


class PhoneNumber(msgspec.Struct, frozen=True, kw_only=True):
    """One number of the account.

    `owner` is the extension that it rings at; for a company number the extension to which its SMS
    is assigned.
    """

    id: NumberId
    msisdn: str
    usage: Usage
    owner: ExtensionId


class Role(StrEnum):
    """How an extension belongs to a department."""

    MEMBER = "member"
    MANAGER = "manager"


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an account may choose for itself."""

    department_takes_sms: bool = False
    home_country: str = "US"
    keeping: Choices = Choices()


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """The directory snapshot of one account.

    `members` and `former` map a department to its members of now and to those who once were and
    are no longer; `departments_of` is `members` seen from the other side.
    """

    account_id: AccountId
    name: str
    version: int
    session_version: int
    main_number: str | None
    settings: AccountSettings
    extensions: Mapping[ExtensionId, Extension]
    by_number: Mapping[str, Extension]
    numbers: Mapping[str, PhoneNumber]
    members: Mapping[ExtensionId, tuple[ExtensionId, ...]]
    managers: Mapping[ExtensionId, tuple[ExtensionId, ...]]
    departments_of: Mapping[ExtensionId, frozenset[ExtensionId]]
    formerly_of: Mapping[ExtensionId, frozenset[ExtensionId]]
    created_ms: int = 0

    def circles(self, extension: ExtensionId) -> frozenset[ExtensionId]:
        """The departments through which an extension takes part: its own ones, and itself."""
        return self.departments_of.get(extension, frozenset()) | {extension}

    def numbers_of(self, extension: ExtensionId) -> tuple[PhoneNumber, ...]:
        """The numbers that an extension owns, in the order of their ids."""
        mine = (number for number in self.numbers.values() if number.owner == extension)
        return tuple(sorted(mine, key=lambda number: number.id))
