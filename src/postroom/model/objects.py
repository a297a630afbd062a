"""The names of stored objects: they say whose message they belong to, and nothing else.

    a/ACCOUNT/EXTENSION/MESSAGE/NUMBER

So whoever finds an object can look whether its message still names it.
"""

import re
from typing import NamedTuple

from postroom.model.ids import AccountId, ExtensionId, MessageId

_OWNED = re.compile(r"a/(\d{1,19})/(\d{1,19})/(\d{1,19})/\d{1,9}")
_SAFE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
LONGEST = 512


class Owner(NamedTuple):
    """The message that an object belongs to."""

    account_id: AccountId
    extension_id: ExtensionId
    message_id: MessageId


def key_of(owner: Owner, number: int) -> str:
    """The name of a message's object; `number` is that of the attachment."""
    return f"a/{owner.account_id}/{owner.extension_id}/{owner.message_id}/{number}"


def owner_of(key: str) -> Owner | None:
    """Whose object it is; `None` when the name does not say."""
    found = _OWNED.fullmatch(key)
    if found is None:
        return None
    account, extension, message = map(int, found.groups())
    return Owner(AccountId(account), ExtensionId(extension), MessageId(message))


def is_safe(key: str) -> bool:
    """Whether a name stays below the place where objects are: no `..`, nothing hidden, no root."""
    return len(key) <= LONGEST and _SAFE.fullmatch(key) is not None
