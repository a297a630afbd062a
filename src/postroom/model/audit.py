"""The audit log: who did what to whom, in one chain of hashes per account.

Each entry's hash covers every column of it and the hash of the entry before, so that a row that is
edited, missing or moved is found by whoever walks the chain.  No text of a message, no token and no
secret stands in an entry.  Accounts have chains of their own; what belongs to none of them (apps)
is in the chain of the house.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

from postroom.model.ids import AccountId, ExtensionId, MessageId

THE_HOUSE = AccountId(0)
"""The chain of what belongs to no account."""
GENESIS = bytes(32)
"""What stands in the first entry for the hash of the one before."""
MOST_IDS = 500


class Act(StrEnum):
    """What was done."""

    DELETE = "delete"
    RESTORE = "restore"
    PURGE = "purge"
    REMOVE = "remove"
    """A message is gone altogether."""
    IMPORT = "import"
    """An export was taken in, or messages of one were laid."""
    HOLD = "hold"
    RELEASE = "release"
    LOGIN = "login"
    LOGIN_FAILED = "login-failed"
    REFRESH = "refresh"
    LOGOUT = "logout"
    ACCOUNT_ADD = "account-add"
    ACCOUNT_SET = "account-set"
    EXTENSION_ADD = "extension-add"
    EXTENSION_SET = "extension-set"
    EXTENSION_REMOVE = "extension-remove"
    PASSWORD_SET = "password-set"
    NUMBER_SET = "number-set"
    NUMBER_REMOVE = "number-remove"
    MEMBERS_SET = "members-set"
    PARTICIPANT_SET = "participant-set"
    JWT_ADD = "jwt-add"
    JWT_REVOKE = "jwt-revoke"
    APP_SET = "app-set"
    APP_REMOVE = "app-remove"


class ActorKind(StrEnum):
    """What sort of hand it was."""

    HOUSE = "house"
    """Nobody: ageing and quotas."""
    USER = "user"
    """An extension, through an app."""
    OPERATOR = "operator"
    """Somebody at the command line of the server."""
    STRANGER = "stranger"
    """Somebody who did not prove who they are."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts; `name` is an operator's log-in name, `address` where a request came from."""

    kind: ActorKind
    extension: ExtensionId | None = None
    app: str | None = None
    address: str | None = None
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.kind.value} {self.extension or self.name or ''}".strip()


HOUSE = Actor(kind=ActorKind.HOUSE)


class Signature(msgspec.Struct, frozen=True):
    """Who acts, and when, in Unix ms."""

    by: Actor
    at_ms: int


UNSIGNED = Signature(HOUSE, 0)
"""For tests and seeds; whoever changes the directory in earnest signs."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What shall be entered: an act on an extension, or on none.

    `details` are JSON values, and bounded.
    """

    account_id: AccountId
    act: Act
    signed: Signature
    extension: ExtensionId | None = None
    details: Mapping[str, Any] = {}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the log; `details` is canonical JSON, as it is hashed."""

    account_id: AccountId
    number: int
    at_ms: int
    act: str
    actor: str
    actor_extension: int | None
    actor_name: str | None
    app: str | None
    address: str | None
    extension_id: int | None
    details: str
    previous: bytes
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """The end of a chain: its last number, and that entry's hash."""

    number: int = 0
    hash: bytes = GENESIS

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


def digest(entry: Entry) -> bytes:
    """SHA-256 over the canonical form: a JSON list of all columns but the hash, in order.

    Compact, UTF-8, the hash before in hexadecimal.
    """
    columns: list[Any] = list(msgspec.structs.astuple(entry))
    columns[-2:] = [entry.previous.hex()]
    return sha256(msgspec.json.encode(columns)).digest()


def follow(head: Head, deed: Deed) -> Entry:
    """The entry that follows a head."""
    by = deed.signed.by
    entry = Entry(
        account_id=deed.account_id,
        number=head.number + 1,
        at_ms=deed.signed.at_ms,
        act=deed.act.value,
        actor=by.kind.value,
        actor_extension=by.extension,
        actor_name=by.name,
        app=by.app,
        address=by.address,
        extension_id=deed.extension,
        details=msgspec.json.encode(dict(deed.details), order="sorted").decode(),
        previous=head.hash,
        hash=b"",
    )
    return msgspec.structs.replace(entry, hash=digest(entry))


def on_messages(
    account_id: AccountId,
    extension: ExtensionId,
    act: Act,
    signed: Signature,
    ids: Sequence[MessageId],
) -> list[Deed]:
    """One deed for many messages, or a few when they are very many."""
    return [
        Deed(
            account_id=account_id,
            act=act,
            signed=signed,
            extension=extension,
            details={"messages": list(ids[start : start + MOST_IDS])},
        )
        for start in range(0, len(ids), MOST_IDS)
    ]


# -- walking a chain ---------------------------------------------------------------------------


class Fault(StrEnum):
    """What is wrong with a chain, at the first number where something is."""

    MISSING = "this entry is missing"
    EDITED = "this entry was edited or moved"
    UNLINKED = "this entry does not follow the one before"
    CUT = "the end of the log was cut off"
    BEHIND = "the log goes on behind its noted end"
    REWRITTEN = "this is not the entry that was noted"


class Broken(Exception):
    """The chain cannot be believed from `number` on."""

    def __init__(self, number: int, fault: Fault) -> None:
        self.number, self.fault = number, fault
        super().__init__(f"entry {number}: {fault.value}")


def check(head: Head, entry: Entry, noted: Head | None = None) -> Head:
    """The head after an entry that follows it.  Raises `Broken`."""
    number = head.number + 1
    if entry.number != number:
        raise Broken(number, Fault.MISSING)
    if digest(entry) != entry.hash:
        raise Broken(number, Fault.EDITED)
    if entry.previous != head.hash:
        raise Broken(number, Fault.UNLINKED)
    after = Head(entry.number, entry.hash)
    if noted is not None and noted.number == number and noted != after:
        raise Broken(number, Fault.REWRITTEN)
    return after
