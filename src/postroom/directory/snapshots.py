"""Companies as values: how rows of the directory make one, or make a newer one of an older."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from postroom.model.company import AccountSettings, Company, PhoneNumber, Role
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import codes
from postroom.store.commands import Rows
from postroom.store.statements import Row

Members = dict[ExtensionId, dict[ExtensionId, bool]]


class Changes(NamedTuple):
    """The rows that changed since a version; for a first load all of them."""

    account: Row
    extensions: Rows
    numbers: Rows
    memberships: Rows


def apply(account_id: AccountId, before: Company | None, changes: Changes) -> Company:
    """The company after the changes; rows of things that are gone are tombstones."""
    directory_version, session_version, name, main_number, settings, created_ms = changes.account
    extensions = dict(before.extensions) if before else {}
    for row in changes.extensions:
        if row[10]:
            extensions.pop(row[0], None)
        else:
            extensions[row[0]] = _extension(account_id, row)
    members = _roles(before, changes.memberships, Role.MEMBER, extensions)
    managers = _roles(before, changes.memberships, Role.MANAGER, extensions)
    present = {d: _there(of, extensions) for d, of in members.items() if d in extensions}
    return Company(
        account_id=account_id,
        name=name,
        version=directory_version,
        session_version=session_version,
        main_number=main_number,
        settings=msgspec.json.decode(settings, type=AccountSettings),
        extensions=extensions,
        by_number={extension.number: extension for extension in extensions.values()},
        numbers=_numbers(before, changes.numbers, extensions),
        members=present,
        managers={d: _there(of, extensions) for d, of in managers.items() if d in extensions},
        departments_of=_turned(present),
        formerly_of=_former(members, present),
        created_ms=created_ms,
    )


def _extension(account_id: AccountId, row: Row) -> Extension:
    return Extension(
        account_id=account_id,
        id=row[0],
        number=row[1],
        type=codes.EXTENSION_TYPE.member(row[2]),
        status=codes.EXTENSION_STATUS.member(row[3]),
        first_name=row[4],
        last_name=row[5],
        email=row[6],
        administrator=bool(row[7]),
        denied=frozenset(msgspec.json.decode(row[8], type=list[str])),
        created_ms=row[9],
    )


def _numbers(
    before: Company | None, rows: Rows, extensions: Mapping[ExtensionId, Extension]
) -> Mapping[str, PhoneNumber]:
    """The numbers; rows may be newer than the extensions, and then an owner is not known yet."""
    numbers = dict(before.numbers) if before else {}
    for msisdn, id, owner, usage, deleted in rows:
        if deleted:
            numbers.pop(msisdn, None)
        else:
            numbers[msisdn] = PhoneNumber(
                id=id, msisdn=msisdn, usage=codes.USAGE.member(usage), owner=owner
            )
    return {msisdn: number for msisdn, number in numbers.items() if number.owner in extensions}


def _roles(
    before: Company | None, rows: Rows, role: Role, extensions: Mapping[ExtensionId, Extension]
) -> Members:
    """Who is, and who once was, in each department, in one role."""
    members: Members = {}
    if before is not None:
        standing = before.members if role is Role.MEMBER else before.managers
        for department, of in standing.items():
            members[department] = dict.fromkeys(of, True)
        if role is Role.MEMBER:
            for extension, departments in before.formerly_of.items():
                for department in departments:
                    members.setdefault(department, {})[extension] = False
    for department, extension, code, present in rows:
        if codes.ROLE.member(code) is role:
            members.setdefault(department, {})[extension] = bool(present)
    return members


def _there(
    of: Mapping[ExtensionId, bool], extensions: Mapping[ExtensionId, Extension]
) -> tuple[ExtensionId, ...]:
    return tuple(sorted(e for e, present in of.items() if present and e in extensions))


def _turned(
    members: Mapping[ExtensionId, tuple[ExtensionId, ...]],
) -> Mapping[ExtensionId, frozenset[ExtensionId]]:
    turned: dict[ExtensionId, set[ExtensionId]] = {}
    for department, of in members.items():
        for extension in of:
            turned.setdefault(extension, set()).add(department)
    return {extension: frozenset(of) for extension, of in turned.items()}


def _former(
    members: Members, present: Mapping[ExtensionId, tuple[ExtensionId, ...]]
) -> Mapping[ExtensionId, frozenset[ExtensionId]]:
    """The departments that each extension was in and is not any longer."""
    former: dict[ExtensionId, set[ExtensionId]] = {}
    for department, of in members.items():
        for extension in of.keys() - set(present.get(department, ())):
            former.setdefault(extension, set()).add(department)
    return {extension: frozenset(of) for extension, of in former.items()}
