"""Changing who is who: accounts, extensions, numbers, members, participants.

Each function is one change of the directory, obeyed by every process from its next request on;
`signed` says in the audit log who makes it, and when.
They raise `Invalid` refusals whose sentences are for people at the command line as well.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from postroom.model.address import COUNTRIES, parse_msisdn
from postroom.model.audit import UNSIGNED, Signature
from postroom.model.company import AccountSettings, Company, PhoneNumber, Role, Usage
from postroom.model.errors import DuplicateValue, InvalidParameter, InvalidReference
from postroom.model.extension import Extension, ExtensionStatus, ExtensionType
from postroom.model.ids import AccountId, ConversationId, ExtensionId, NumberId
from postroom.model.refusals import MayNotBeMember, SameInBothLists
from postroom.store import memberships, number_rows
from postroom.store import provisioning as steps
from postroom.store.database import Store, Taken

LONGEST_NUMBER = 8


async def add_account(
    store: Store,
    ids: Iterator[int],
    name: str,
    settings: AccountSettings,
    now_ms: int,
    *,
    signed: Signature = UNSIGNED,
) -> AccountId:
    """Make an account without extensions; its first extension gets the account's id."""
    id = AccountId(next(ids))
    await store.transact(lambda: steps.add_account(id, name, settings, now_ms, signed))
    return id


async def add_extensions(
    store: Store,
    company: Company,
    ids: Iterator[int],
    new: Sequence[Extension],
    *,
    signed: Signature = UNSIGNED,
) -> list[Extension]:
    """Add extensions in one version; those with id 0 get one.

    The first extension of an account is its system extension and has the account's id.
    """
    taken = set(company.by_number)
    added: list[Extension] = []
    for extension in new:
        check_extension_number(extension.number)
        if extension.number in taken:
            raise DuplicateValue("extensionNumber")
        taken.add(extension.number)
        is_first = not company.extensions and not added
        id = company.account_id if is_first else extension.id or next(ids)
        added.append(
            msgspec.structs.replace(extension, account_id=company.account_id, id=ExtensionId(id))
        )
    try:
        await store.transact(lambda: steps.add_extensions(company.account_id, added, signed))
    except Taken as error:
        raise DuplicateValue("extensionNumber") from error
    return added


def check_extension_number(number: str) -> None:
    """Raises `InvalidParameter` unless it is 1 to 8 digits."""
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise InvalidParameter("extensionNumber", f"1 to {LONGEST_NUMBER} digits are allowed")


async def change_extension(
    store: Store,
    extension: Extension,
    *,
    seen: Company | None = None,
    signed: Signature = UNSIGNED,
) -> None:
    """Change name, number, status, rights; tokens are verified again at once.

    Raises `Outdated` when the company is no longer as it was `seen`: a change that was made from it
    would undo another one.
    """
    check_extension_number(extension.number)
    version = None if seen is None else seen.version
    try:
        await store.transact(lambda: steps.set_extension(extension, version, signed))
    except Taken as error:
        raise DuplicateValue("extensionNumber") from error


async def remove_extension(
    store: Store,
    company: Company,
    extension: Extension,
    now_ms: int,
    *,
    signed: Signature = UNSIGNED,
) -> None:
    """Take an extension away: out of departments, without its numbers, no participant any more."""
    if int(extension.id) == int(company.account_id):
        raise InvalidParameter("extensionNumber", "the system extension stays")
    whose = company.account_id, extension.id
    await store.transact(lambda: steps.remove_extension(*whose, now_ms, signed))


async def set_password(
    store: Store, extension: Extension, hash: str, *, signed: Signature = UNSIGNED
) -> None:
    """Give an extension a password, by its hash; its sessions end."""
    whose = extension.account_id, extension.id
    await store.transact(lambda: steps.set_password(*whose, hash, signed))


async def set_account(
    store: Store,
    company: Company,
    *,
    main_number: str | None,
    settings: AccountSettings,
    signed: Signature = UNSIGNED,
) -> None:
    """Change what the account has chosen.  Raises `Outdated` when it is no longer as `company`."""
    if main_number is not None and main_number not in company.numbers:
        raise InvalidReference("mainNumber")
    if settings.home_country not in COUNTRIES:
        raise InvalidParameter("homeCountry", "an ISO 3166 code such as US is needed")
    await store.transact(
        lambda: steps.set_account(
            company.account_id, main_number, settings, company.version, signed
        )
    )


# -- numbers -------------------------------------------------------------------------------------


async def add_number(
    store: Store,
    company: Company,
    ids: Iterator[int],
    spelled: str,
    owner: ExtensionId,
    usage: Usage = Usage.DIRECT,
    *,
    signed: Signature = UNSIGNED,
) -> PhoneNumber:
    """Give a number to an extension, as its own or as the company's with its SMS assigned to it."""
    msisdn = parse_msisdn(spelled, company.settings.home_country)
    if msisdn is None:
        raise InvalidParameter("phoneNumber")
    if owner not in company.extensions:
        raise InvalidReference("extensionId")
    known = company.numbers.get(msisdn)
    id = known.id if known else NumberId(next(ids))
    number = PhoneNumber(id=id, msisdn=msisdn, usage=usage, owner=owner)
    concerned = {owner, known.owner} if known else {owner}
    try:
        await store.transact(
            lambda: number_rows.set_number(company.account_id, number, concerned, signed)
        )
    except Taken as error:
        raise DuplicateValue("phoneNumber") from error
    return number


async def remove_number(
    store: Store, company: Company, number: PhoneNumber, *, signed: Signature = UNSIGNED
) -> None:
    """Take a number away from the account; another account may have it from now on."""
    await store.transact(lambda: number_rows.remove_number(company.account_id, number, signed))


# -- departments ---------------------------------------------------------------------------------


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Who is put into a department and who is taken out."""

    department: ExtensionId
    added: tuple[ExtensionId, ...] = ()
    removed: tuple[ExtensionId, ...] = ()


async def assign_members(
    store: Store,
    company: Company,
    assignments: Iterable[Assignment],
    now_ms: int,
    *,
    signed: Signature = UNSIGNED,
) -> None:
    """Change the members of departments, all in one version.

    Raises `SameInBothLists`, `InvalidReference` and `MayNotBeMember`; who is in already, or is not
    in, stays as it is.
    """
    rows: list[memberships.Assignment] = []
    for assignment in assignments:
        _check(company, assignment)
        for ids, present in ((assignment.added, True), (assignment.removed, False)):
            rows += ((assignment.department, id, Role.MEMBER, present) for id in ids)
    if rows:
        await store.transact(lambda: memberships.assign(company.account_id, rows, now_ms, signed))


def _check(company: Company, assignment: Assignment) -> None:
    department = company.extensions.get(assignment.department)
    if department is None or not department.is_department:
        raise InvalidReference("departmentId")
    if set(assignment.added) & set(assignment.removed):
        raise SameInBothLists
    for parameter, ids in (
        ("addedExtensionIds", assignment.added),
        ("removedExtensionIds", assignment.removed),
    ):
        for id in ids:
            if id not in company.extensions:
                raise InvalidReference(parameter)
    for id in assignment.added:
        extension = company.extensions[id]
        if extension.type is not ExtensionType.USER:
            raise MayNotBeMember(extension.number)


async def set_managers(
    store: Store,
    company: Company,
    department: ExtensionId,
    managers: Sequence[ExtensionId],
    now_ms: int,
    *,
    present: bool = True,
    signed: Signature = UNSIGNED,
) -> None:
    """Make extensions managers of a department, or no longer."""
    _check(company, Assignment(department=department, added=tuple(managers)))
    rows = [(department, id, Role.MANAGER, present) for id in managers]
    await store.transact(lambda: memberships.assign(company.account_id, rows, now_ms, signed))


async def set_participant(
    store: Store,
    company: Company,
    conversation: ConversationId,
    extension: ExtensionId,
    now_ms: int,
    *,
    present: bool,
    signed: Signature = UNSIGNED,
) -> None:
    """Let somebody who was named in a conversation leave it, or come back."""
    await store.transact(
        lambda: memberships.set_participant(
            company.account_id, conversation, extension, now_ms, present=present, signed=signed
        )
    )


def extension(
    number: str,
    name: str,
    *,
    type: ExtensionType = ExtensionType.USER,
    status: ExtensionStatus = ExtensionStatus.ENABLED,
    email: str = "",
    administrator: bool = False,
    now_ms: int = 0,
) -> Extension:
    """An extension that is about to be added: account and id are still to come."""
    first, _, last = name.partition(" ")
    return Extension(
        account_id=AccountId(0),
        id=ExtensionId(0),
        number=number,
        type=type,
        status=status,
        first_name=first,
        last_name=last,
        email=email,
        administrator=administrator,
        created_ms=now_ms,
    )
