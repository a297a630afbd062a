"""Templates of text messages: a user's own ones, and those of the company.

Source: wire.md 2.11.
"""

from enum import StrEnum

import msgspec

from postroom.model.errors import InvalidParameter
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.text import SMS_UNITS, units

LONGEST_NAME = 255
MOST_OF_USER = 25
MOST_OF_COMPANY = 50


class Scope(StrEnum):
    """Whose a template is, spelled as on the wire."""

    COMPANY = "Company"
    PERSONAL = "Personal"


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A template of one extension, or of the company where there is none."""

    account_id: AccountId
    id: int
    extension: ExtensionId | None
    name: str
    text: str

    @property
    def scope(self) -> Scope:
        """Whose it is."""
        return Scope.COMPANY if self.extension is None else Scope.PERSONAL

    @property
    def limit(self) -> int:
        """How many there may be of its kind."""
        return MOST_OF_COMPANY if self.extension is None else MOST_OF_USER


def check(name: str, text: str) -> None:
    """Raises `InvalidParameter` when a template cannot have this name or text."""
    if not name.strip() or units(name) > LONGEST_NAME:
        raise InvalidParameter("displayName", f"1 to {LONGEST_NAME} characters are needed")
    if not text.strip() or units(text) > SMS_UNITS:
        raise InvalidParameter("body.text", f"1 to {SMS_UNITS} characters are needed")
