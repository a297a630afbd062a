"""An account's directory as a record that another server can take over.

It holds no secrets: whoever shall log in there gets a new password or credential.
"""

from typing import Any

import msgspec

from postroom.model.audit import UNSIGNED, Act, Deed, Signature
from postroom.model.company import AccountSettings
from postroom.model.errors import InvalidParameter, NotFound
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit, codes
from postroom.store import directory_copy as rows
from postroom.store.database import Store, Taken
from postroom.wire.manifest import (
    DirectoryRecord,
    ExtensionRecord,
    MembershipRecord,
    NumberRecord,
)


async def read(store: Store, account_id: AccountId) -> DirectoryRecord:
    """The directory as it is now."""
    found = await store.fetch(rows.ACCOUNT, account_id=account_id)
    if not found:
        raise NotFound("accountId")
    name, main_number, settings, created_ms = found[0]
    return DirectoryRecord(
        id=account_id,
        name=name,
        main_number=main_number,
        settings=msgspec.Raw(settings.encode()),
        created_ms=created_ms,
        extensions=tuple(
            ExtensionRecord(
                id=row[0],
                number=row[1],
                type=codes.EXTENSION_TYPE.member(row[2]),
                status=codes.EXTENSION_STATUS.member(row[3]),
                first_name=row[4],
                last_name=row[5],
                email=row[6],
                administrator=bool(row[7]),
                denied=tuple(msgspec.json.decode(row[8], type=list[str])),
                removed=bool(row[9]),
                created_ms=row[10],
            )
            for row in await store.fetch(rows.EXTENSIONS, account_id=account_id)
        ),
        memberships=tuple(
            MembershipRecord(
                department_id=row[0],
                extension_id=row[1],
                role=codes.ROLE.member(row[2]),
                present=bool(row[3]),
            )
            for row in await store.fetch(rows.MEMBERSHIPS, account_id=account_id)
        ),
        numbers=tuple(
            NumberRecord(id=row[0], msisdn=row[1], usage=codes.USAGE.member(row[2]), owner=row[3])
            for row in await store.fetch(rows.NUMBERS, account_id=account_id)
        ),
    )


async def extension_ids(store: Store, account_id: AccountId) -> list[ExtensionId]:
    """Everybody who has a mailbox, also those who were removed."""
    return [
        ExtensionId(row[0]) for row in await store.fetch(rows.EXTENSIONS, account_id=account_id)
    ]


async def is_there(store: Store, account_id: AccountId) -> bool:
    """Whether the server has such an account."""
    return bool(await store.fetch(rows.ACCOUNT, account_id=account_id))


async def write(
    store: Store, record: DirectoryRecord, manifest: str, signed: Signature = UNSIGNED
) -> None:
    """Make the account, whole or not at all; `manifest` is the hash that the audit log tells.

    Raises `InvalidParameter` when one of its numbers is somebody else's, or its settings are none.
    """
    try:
        msgspec.json.decode(record.settings, type=AccountSettings)
    except msgspec.MsgspecError as error:
        raise InvalidParameter("settings", str(error)) from error
    extensions = [
        (
            e.id,
            e.number,
            codes.EXTENSION_TYPE[e.type],
            codes.EXTENSION_STATUS[e.status],
            e.first_name,
            e.last_name,
            e.email,
            int(e.administrator),
            msgspec.json.encode(sorted(e.denied)).decode(),
            int(e.removed),
            e.created_ms,
        )
        for e in record.extensions
    ]
    memberships = [
        (m.department_id, m.extension_id, codes.ROLE[m.role], int(m.present))
        for m in record.memberships
    ]
    numbers = [(n.id, n.msisdn, codes.USAGE[n.usage], n.owner) for n in record.numbers]
    settings = bytes(record.settings).decode()
    of_account = (record.name, record.main_number, settings, record.created_ms)
    account_id = AccountId(record.id)
    try:
        await store.transact(
            lambda: rows.write(
                account_id,
                of_account,
                extensions,
                memberships,
                numbers,
                _deeds(record, manifest, signed),
            )
        )
    except Taken as error:
        raise InvalidParameter(
            "numbers", "another account of this server has one of them, or an id is there twice"
        ) from error


async def note(store: Store, account_id: AccountId, manifest: str, signed: Signature) -> None:
    """Enter into the audit log that an export is taken into an account that is there."""
    told = {"manifest": manifest}
    await store.transact(lambda: audit.enter(account_id, Act.IMPORT, signed, details=told))


def _deeds(record: DirectoryRecord, manifest: str, signed: Signature) -> list[Deed]:
    """What the audit log tells of an account that was made so: who is there, and may do what."""
    account_id = AccountId(record.id)
    told: list[tuple[Act, int | None, dict[str, Any]]] = [
        (Act.ACCOUNT_ADD, None, {"name": record.name, "manifest": manifest})
    ]
    told += [
        (
            Act.EXTENSION_ADD,
            one.id,
            {
                "type": one.type,
                "number": one.number,
                "status": one.status,
                "administrator": one.administrator,
                "denied": sorted(one.denied),
                "removed": one.removed,
            },
        )
        for one in record.extensions
    ]
    for department in sorted({one.department_id for one in record.memberships}):
        of = [one for one in record.memberships if one.department_id == department]
        added, gone = (
            [[one.extension_id, one.role] for one in of if one.present is present]
            for present in (True, False)
        )
        told.append((Act.MEMBERS_SET, department, {"added": added, "removed": gone}))
    told += [
        (Act.NUMBER_SET, one.owner, {"number": one.msisdn, "usage": one.usage})
        for one in record.numbers
    ]
    return [
        Deed(
            account_id=account_id,
            act=act,
            signed=signed,
            extension=None if extension is None else ExtensionId(extension),
            details=details,
        )
        for act, extension, details in told
    ]
