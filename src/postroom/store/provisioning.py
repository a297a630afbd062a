"""Changing the directory: each change raises the account's version in its own transaction.

What may not be is an exception out of the steps, which undoes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, SmallInteger, Text, literal_column, select, update

from postroom.model.audit import UNSIGNED, Act, Deed, Signature
from postroom.model.company import AccountSettings
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit, codes, counters, holds
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.directory_version import raise_version
from postroom.store.memberships import circle, leave_all
from postroom.store.number_rows import release_all, require
from postroom.store.sessions import drop_sessions
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import account, extension, mailbox

SMALL, TEXT = SmallInteger(), Text()
ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")

ADD_ACCOUNT = insertion(account, ["id", "name", "settings", "created_ms"])
SET_ACCOUNT = Statement(
    update(account)
    .values(main_number=arg("main_number", TEXT), settings=arg("settings", TEXT))
    .where(account.c.id == arg("account_id"))
)
CHOSEN = Statement(
    select(account.c.main_number, account.c.settings).where(account.c.id == arg("account_id"))
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
RIGHTS = Statement(
    select(
        extension.c.number, extension.c.status, extension.c.administrator, extension.c.denied
    ).where(extension.c.account_id == arg("account_id"), extension.c.id == arg("id"))
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


def add_account(
    id: AccountId,
    name: str,
    settings: AccountSettings,
    now_ms: int,
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Make an empty account at version 1."""
    spelled = msgspec.json.encode(settings).decode()
    yield from many(ADD_ACCOUNT, [(id, name, spelled, now_ms)])
    yield from audit.enter(id, Act.ACCOUNT_ADD, signed, details={"name": name})


def set_account(
    account_id: AccountId,
    main_number: str | None,
    settings: AccountSettings,
    seen: int | None = None,
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Change what the account has chosen.  Raises `Outdated` when it was not at version `seen`."""
    yield from raise_version(account_id, (), seen=seen)
    before = yield from one(CHOSEN, account_id=account_id)
    spelled = msgspec.json.encode(settings).decode()
    yield from one(SET_ACCOUNT, account_id=account_id, main_number=main_number, settings=spelled)
    after = {"mainNumber": main_number, **msgspec.to_builtins(settings)}
    told = _differences(_chosen(before), after)
    yield from audit.enter(account_id, Act.ACCOUNT_SET, signed, details=told)


def _chosen(rows: Sequence[Any]) -> dict[str, Any]:
    [(main_number, settings)] = rows
    return {"mainNumber": main_number, **msgspec.json.decode(settings)}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What is no longer as it was, before and after."""
    names = [name for name in after if before.get(name) != after[name]]
    return {
        "before": {name: before.get(name) for name in names},
        "after": {name: after[name] for name in names},
    }


# -- extensions ------------------------------------------------------------------------------


def add_extensions(
    account_id: AccountId, new: Sequence[Extension], signed: Signature = UNSIGNED
) -> Steps[None]:
    """Make extensions with their mailboxes, many in one version; a held account's are held."""
    version, _ = yield from raise_version(account_id, ())
    yield from many(ADD_EXTENSIONS, [_row(one_, version) for one_ in new])
    boxes = [(account_id, one_.id, counters.EMPTY) for one_ in sorted(new, key=lambda e: e.id)]
    yield from many(ADD_MAILBOXES, boxes)
    yield from holds.inherit(account_id, [one_.id for one_ in new])
    deeds = [
        Deed(
            account_id=account_id,
            act=Act.EXTENSION_ADD,
            signed=signed,
            extension=one_.id,
            details={"type": one_.type, **_rights(one_)},
        )
        for one_ in new
    ]
    yield from audit.append(deeds)


def _rights(e: Extension) -> dict[str, Any]:
    """What the audit log tells of an extension: no names, as it is kept for ever."""
    return {
        "number": e.number,
        "status": e.status,
        "administrator": e.administrator,
        "denied": sorted(e.denied),
    }


def _rights_of(rows: Sequence[Any]) -> dict[str, Any]:
    [(number, status, administrator, denied)] = rows
    return {
        "number": number,
        "status": codes.EXTENSION_STATUS.member(status),
        "administrator": bool(administrator),
        "denied": msgspec.json.decode(denied),
    }


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


def set_extension(
    e: Extension, seen: int | None = None, signed: Signature = UNSIGNED
) -> Steps[None]:
    """Change an extension; its sessions are verified again.

    Raises `Outdated` when the directory was not at version `seen`, and `InvalidReference` when the
    extension is gone: nobody comes back by a change that was late.
    """
    version, _ = yield from raise_version(e.account_id, [e.id], sessions=True, seen=seen)
    before = yield from one(RIGHTS, account_id=e.account_id, id=e.id)
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
    require(found, "extensionId")
    told = _differences(_rights_of(before), _rights(e))
    yield from audit.enter(e.account_id, Act.EXTENSION_SET, signed, e.id, told)


def remove_extension(
    account_id: AccountId, id: ExtensionId, now_ms: int, signed: Signature = UNSIGNED
) -> Steps[None]:
    """Take an extension away, with its numbers, memberships and participations.

    Its mailbox stays, and what holds it.
    """
    concerned = yield from circle(account_id, id)
    version, numbers = yield from raise_version(account_id, concerned, sessions=True)
    found = yield from one(REMOVE_EXTENSION, account_id=account_id, id=id, version=version)
    require(found, "extensionId")
    yield from leave_all(account_id, id, version, numbers, now_ms)
    msisdns = yield from release_all(account_id, id, version)
    yield from audit.enter(account_id, Act.EXTENSION_REMOVE, signed, id, {"numbers": msisdns})


def set_password(
    account_id: AccountId, id: ExtensionId, hash: str, signed: Signature = UNSIGNED
) -> Steps[None]:
    """Give an extension a password; whoever is logged in as it has to do so again."""
    yield from many(LOCK_MAILBOXES, [(account_id, id)])
    yield from drop_sessions(account_id, id)
    version, _ = yield from raise_version(account_id, [id], sessions=True)
    found = yield from one(SET_PASSWORD, account_id=account_id, id=id, hash=hash, version=version)
    require(found, "extensionId")
    yield from audit.enter(account_id, Act.PASSWORD_SET, signed, id)
