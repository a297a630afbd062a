"""Changing the directory: each change raises the account's version in its own transaction.

What may not be is an exception out of the steps, which undoes them.
"""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, SmallInteger, Text, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from postroom.model.company import AccountSettings, PhoneNumber
from postroom.model.errors import DuplicateValue, InvalidReference
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import codes, counters
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.directory_version import raise_version
from postroom.store.memberships import circle, leave_all
from postroom.store.sessions import drop_sessions
from postroom.store.statements import Statement, among, arg, insertion
from postroom.store.tables import account, extension, mailbox, number

SMALL, TEXT = SmallInteger(), Text()
ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")

ADD_ACCOUNT = insertion(account, ["id", "name", "settings", "created_ms"])
SET_ACCOUNT = Statement(
    update(account)
    .values(main_number=arg("main_number", TEXT), settings=arg("settings", TEXT))
    .where(account.c.id == arg("account_id"))
)
CLEAR_MAIN_NUMBER = Statement(
    update(account)
    .values(main_number=None)
    .where(account.c.id == arg("account_id"), among(account.c.main_number, "msisdns"))
)
ADD_EXTENSIONS = insertion(
    extension,
    [
        "account_id",
        "id",
        "number",
        "type",
        "status",
        "first_name",
        "last_name",
        "email",
        "administrator",
        "denied",
        "version",
        "created_ms",
    ],
)
ADD_MAILBOXES = insertion(mailbox, ["account_id", "extension_id", "counters"])
_this = (
    extension.c.account_id == arg("account_id"),
    extension.c.id == arg("id"),
    extension.c.deleted == ZERO,
)
SET_EXTENSION = Statement(
    update(extension)
    .values(
        number=arg("number", TEXT),
        status=arg("status", SMALL),
        first_name=arg("first_name", TEXT),
        last_name=arg("last_name", TEXT),
        email=arg("email", TEXT),
        administrator=arg("administrator", SMALL),
        denied=arg("denied", TEXT),
        version=arg("version"),
    )
    .where(*_this)
    .returning(extension.c.id)
)
REMOVE_EXTENSION = Statement(
    update(extension)
    .values(deleted=ONE, password_hash=None, version=arg("version"))
    .where(*_this)
    .returning(extension.c.id)
)
SET_PASSWORD = Statement(
    update(extension)
    .values(password_hash=arg("hash", TEXT), version=arg("version"))
    .where(*_this)
    .returning(extension.c.id)
)
_number = insert(number).values(
    msisdn=arg("msisdn", TEXT),
    account_id=arg("account_id"),
    id=arg("id"),
    owner_id=arg("owner_id"),
    usage=arg("usage", SMALL),
    deleted=ZERO,
    version=arg("version"),
)
SET_NUMBER = Statement(
    _number.on_conflict_do_update(
        index_elements=["msisdn", "account_id"],
        set_={
            name: _number.excluded[name]
            for name in ("id", "owner_id", "usage", "deleted", "version")
        },
    )
)
IN_USE = Statement(
    select(number.c.account_id).where(
        number.c.msisdn == arg("msisdn", TEXT),
        number.c.account_id != arg("account_id"),
        number.c.deleted == ZERO,
    )
)
_released = update(number).values(deleted=ONE, version=arg("version"))
REMOVE_NUMBER = Statement(
    _released.where(
        number.c.account_id == arg("account_id"),
        number.c.msisdn == arg("msisdn", TEXT),
        number.c.deleted == ZERO,
    ).returning(number.c.msisdn)
)
REMOVE_NUMBERS_OF = Statement(
    _released.where(
        number.c.account_id == arg("account_id"),
        number.c.owner_id == arg("owner_id"),
        number.c.deleted == ZERO,
    ).returning(number.c.msisdn)
)


def add_account(id: AccountId, name: str, settings: AccountSettings, now_ms: int) -> Steps[None]:
    """Make an empty account at version 1."""
    spelled = msgspec.json.encode(settings).decode()
    yield from many(ADD_ACCOUNT, [(id, name, spelled, now_ms)])


def set_account(
    account_id: AccountId,
    main_number: str | None,
    settings: AccountSettings,
    seen: int | None = None,
) -> Steps[None]:
    """Change what the account has chosen.  Raises `Outdated` when it was not at version `seen`."""
    yield from raise_version(account_id, (), seen=seen)
    spelled = msgspec.json.encode(settings).decode()
    yield from one(SET_ACCOUNT, account_id=account_id, main_number=main_number, settings=spelled)


# -- extensions ------------------------------------------------------------------------------


def add_extensions(account_id: AccountId, new: Sequence[Extension]) -> Steps[None]:
    """Make extensions with their mailboxes, many in one version."""
    version, _ = yield from raise_version(account_id, ())
    yield from many(ADD_EXTENSIONS, [_row(one_, version) for one_ in new])
    boxes = [(account_id, one_.id, counters.EMPTY) for one_ in sorted(new, key=lambda e: e.id)]
    yield from many(ADD_MAILBOXES, boxes)


def _row(e: Extension, version: int) -> tuple[object, ...]:
    return (
        e.account_id,
        e.id,
        e.number,
        codes.EXTENSION_TYPE[e.type],
        codes.EXTENSION_STATUS[e.status],
        e.first_name,
        e.last_name,
        e.email,
        int(e.administrator),
        msgspec.json.encode(sorted(e.denied)).decode(),
        version,
        e.created_ms,
    )


def set_extension(e: Extension, seen: int | None = None) -> Steps[None]:
    """Change an extension; its sessions are verified again.

    Raises `Outdated` when the directory was not at version `seen`, and `InvalidReference` when the
    extension is gone: nobody comes back by a change that was late.
    """
    version, _ = yield from raise_version(e.account_id, [e.id], sessions=True, seen=seen)
    found = yield from one(
        SET_EXTENSION,
        account_id=e.account_id,
        id=e.id,
        number=e.number,
        status=codes.EXTENSION_STATUS[e.status],
        first_name=e.first_name,
        last_name=e.last_name,
        email=e.email,
        administrator=int(e.administrator),
        denied=msgspec.json.encode(sorted(e.denied)).decode(),
        version=version,
    )
    _require(found, "extensionId")


def remove_extension(account_id: AccountId, id: ExtensionId, now_ms: int) -> Steps[None]:
    """Take an extension away, with its numbers, memberships and participations."""
    concerned = yield from circle(account_id, id)
    version, numbers = yield from raise_version(account_id, concerned, sessions=True)
    found = yield from one(REMOVE_EXTENSION, account_id=account_id, id=id, version=version)
    _require(found, "extensionId")
    yield from leave_all(account_id, id, version, numbers, now_ms)
    released = yield from one(
        REMOVE_NUMBERS_OF, account_id=account_id, owner_id=id, version=version
    )
    msisdns = [msisdn for (msisdn,) in released]
    yield from one(CLEAR_MAIN_NUMBER, account_id=account_id, msisdns=msisdns)


def set_password(account_id: AccountId, id: ExtensionId, hash: str) -> Steps[None]:
    """Give an extension a password; whoever is logged in as it has to do so again."""
    yield from many(LOCK_MAILBOXES, [(account_id, id)])
    yield from drop_sessions(account_id, id)
    version, _ = yield from raise_version(account_id, [id], sessions=True)
    found = yield from one(SET_PASSWORD, account_id=account_id, id=id, hash=hash, version=version)
    _require(found, "extensionId")


def _require(found: Sequence[object], parameter: str) -> None:
    if not found:
        raise InvalidReference(parameter)


# -- numbers ---------------------------------------------------------------------------------


def set_number(
    account_id: AccountId, new: PhoneNumber, concerned: Iterable[ExtensionId]
) -> Steps[None]:
    """Give a number to an extension.  Raises `DuplicateValue` when another account has it."""
    version, _ = yield from raise_version(account_id, concerned)
    if (yield from one(IN_USE, account_id=account_id, msisdn=new.msisdn)):
        raise DuplicateValue("phoneNumber")
    yield from one(
        SET_NUMBER,
        msisdn=new.msisdn,
        account_id=account_id,
        id=new.id,
        owner_id=new.owner,
        usage=codes.USAGE[new.usage],
        version=version,
    )


def remove_number(account_id: AccountId, old: PhoneNumber) -> Steps[None]:
    """Take a number away; it is no longer the main number either."""
    version, _ = yield from raise_version(account_id, [old.owner])
    found = yield from one(REMOVE_NUMBER, account_id=account_id, msisdn=old.msisdn, version=version)
    _require(found, "phoneNumber")
    yield from one(CLEAR_MAIN_NUMBER, account_id=account_id, msisdns=[old.msisdn])
