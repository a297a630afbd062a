"""Changing the directory: each change raises the account's version in its own transaction.

First the mailboxes of everybody concerned are locked, in one order for all writers, then the
account's row; what was filed from the older directory before is committed, what comes later is not.
"""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import SmallInteger, Text, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from postroom.model.company import AccountSettings, PhoneNumber, Role
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ConversationId, ExtensionId
from postroom.store import codes, counters
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many, one
from postroom.store.sessions import drop_sessions
from postroom.store.statements import Bulk, Statement, arg, insertion
from postroom.store.tables import (
    account,
    change,
    conversation,
    extension,
    mailbox,
    membership,
    number,
    participant,
)

SMALL, TEXT = SmallInteger(), Text()

ADD_ACCOUNT = insertion(account, ["id", "name", "settings", "created_ms"])
RAISE = Statement(
    update(account)
    .values(
        directory_version=account.c.directory_version + literal_column("1"),
        session_version=account.c.session_version + arg("session"),
    )
    .where(account.c.id == arg("account_id"))
    .returning(account.c.directory_version)
)
SET_ACCOUNT = Statement(
    update(account)
    .values(main_number=arg("main_number", TEXT), settings=arg("settings", TEXT))
    .where(account.c.id == arg("account_id"))
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
        deleted=arg("deleted", SMALL),
        version=arg("version"),
    )
    .where(extension.c.account_id == arg("account_id"), extension.c.id == arg("id"))
)
SET_PASSWORD = Statement(
    update(extension)
    .values(password_hash=arg("hash", TEXT), version=arg("version"))
    .where(extension.c.account_id == arg("account_id"), extension.c.id == arg("id"))
)
_number = insert(number).values(
    msisdn=arg("msisdn", TEXT),
    id=arg("id"),
    account_id=arg("account_id"),
    owner_id=arg("owner_id"),
    usage=arg("usage", SMALL),
    deleted=arg("deleted", SMALL),
    version=arg("version"),
)
SET_NUMBER = Statement(
    _number.on_conflict_do_update(
        index_elements=["msisdn"],
        set_={
            name: _number.excluded[name]
            for name in ("id", "account_id", "owner_id", "usage", "deleted", "version")
        },
        where=(number.c.deleted == literal_column("1"))
        | (number.c.account_id == _number.excluded.account_id),
    ).returning(number.c.id)
)


def _set_memberships(v: object, dialect_insert: object) -> object:
    names = ["account_id", "department_id", "extension_id", "role", "present", "version"]
    statement = dialect_insert(membership)  # type: ignore[operator]
    columns = v.all()  # type: ignore[attr-defined]
    if dialect_insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, columns, strict=True)))
    else:
        statement = statement.from_select(names, select(*columns))
    return statement.on_conflict_do_update(
        index_elements=names[:4],
        set_={"present": statement.excluded.present, "version": statement.excluded.version},
    )


SET_MEMBERSHIPS = Bulk(
    {c.name: c.type for c in membership.columns},
    _set_memberships,  # type: ignore[arg-type]
)
NUMBER_MAILBOXES = Bulk(
    {"account_id": account.c.id.type, "extension_id": account.c.id.type, "by": account.c.id.type},
    lambda v, _: (
        update(mailbox)
        .values(change_number=mailbox.c.change_number + v.by)
        .where(mailbox.c.account_id == v.account_id, mailbox.c.extension_id == v.extension_id)
    ),
)
ADD_CHANGES = insertion(change)
PRESENT = Statement(
    update(participant)
    .values(present=arg("present", SMALL))
    .where(
        participant.c.account_id == arg("account_id"),
        participant.c.conversation_id == arg("conversation_id"),
        participant.c.extension_id == arg("extension_id"),
    )
    .returning(participant.c.extension_id)
)
REACH = Statement(
    update(conversation)
    .values(explicit=arg("explicit", SMALL), department_id=None)
    .where(
        conversation.c.account_id == arg("account_id"),
        conversation.c.id == arg("conversation_id"),
        conversation.c.extension_id == arg("extension_id"),
    )
)

Told = tuple[ExtensionId, ChangeKind, int]
"""A change of a mailbox that belongs to nobody's message: owner, kind, subject."""


def raise_version(
    account_id: AccountId, concerned: Iterable[ExtensionId], *, sessions: bool = False
) -> Steps[tuple[int, dict[ExtensionId, int]]]:
    """Lock the mailboxes concerned and raise the version; it, and the mailboxes' change numbers.

    `sessions` also raises the version that tokens are verified against.
    """
    wanted = sorted((account_id, id) for id in set(concerned))
    locked = yield from many(LOCK_MAILBOXES, wanted)
    rows = yield from one(RAISE, account_id=account_id, session=int(sessions))
    return int(rows[0][0]), {ExtensionId(row[1]): row[2] for row in locked}


def tell(
    account_id: AccountId, numbers: dict[ExtensionId, int], told: Sequence[Told], now_ms: int
) -> Steps[None]:
    """Write the changes of mailboxes; `numbers` are their change numbers under the lock."""
    rows, raised = [], dict[ExtensionId, int]()
    for owner, kind, subject in told:
        if owner not in numbers:
            continue
        raised[owner] = raised.get(owner, 0) + 1
        rows.append(
            (account_id, owner, numbers[owner] + raised[owner], kind.value, subject, now_ms)
        )
    yield from many(ADD_CHANGES, rows)
    yield from many(NUMBER_MAILBOXES, [(account_id, id, by) for id, by in raised.items()])


def add_account(id: AccountId, name: str, settings: AccountSettings, now_ms: int) -> Steps[None]:
    """Make an empty account at version 1."""
    spelled = msgspec.json.encode(settings).decode()
    yield from many(ADD_ACCOUNT, [(id, name, spelled, now_ms)])


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


def set_extension(e: Extension, *, deleted: bool = False) -> Steps[None]:
    """Change an extension, or take it away; its sessions are verified again."""
    version, _ = yield from raise_version(e.account_id, [e.id], sessions=True)
    yield from one(
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
        deleted=int(deleted),
        version=version,
    )


def set_password(account_id: AccountId, id: ExtensionId, hash: str) -> Steps[None]:
    """Give an extension a password; whoever is logged in as it has to do so again."""
    yield from many(LOCK_MAILBOXES, [(account_id, id)])
    yield from drop_sessions(account_id, id)
    version, _ = yield from raise_version(account_id, [id], sessions=True)
    yield from one(SET_PASSWORD, account_id=account_id, id=id, hash=hash, version=version)


def set_number(
    account_id: AccountId,
    new: PhoneNumber,
    concerned: Iterable[ExtensionId],
    *,
    deleted: bool = False,
) -> Steps[bool]:
    """Give a number to an extension, or take it away; `False` when another account has it."""
    version, _ = yield from raise_version(account_id, concerned)
    taken = yield from one(
        SET_NUMBER,
        msisdn=new.msisdn,
        id=new.id,
        account_id=account_id,
        owner_id=new.owner,
        usage=codes.USAGE[new.usage],
        deleted=int(deleted),
        version=version,
    )
    return bool(taken)


def set_account(
    account_id: AccountId, main_number: str | None, settings: AccountSettings
) -> Steps[None]:
    """Change what the account has chosen."""
    yield from raise_version(account_id, ())
    spelled = msgspec.json.encode(settings).decode()
    yield from one(SET_ACCOUNT, account_id=account_id, main_number=main_number, settings=spelled)


Assignment = tuple[ExtensionId, ExtensionId, Role, bool]
"""Department, extension, role, and whether it has the role from now on."""


def assign(account_id: AccountId, assignments: Sequence[Assignment], now_ms: int) -> Steps[None]:
    """Change memberships; each member's mailbox is told once per department."""
    concerned = {id for department, member, _, _ in assignments for id in (department, member)}
    version, numbers = yield from raise_version(account_id, concerned)
    rows = {
        (department, member, role): (
            account_id,
            department,
            member,
            codes.ROLE[role],
            int(present),
            version,
        )
        for department, member, role, present in assignments
    }
    yield from many(SET_MEMBERSHIPS, list(rows.values()))
    told = [
        (member, ChangeKind.JOINED if present else ChangeKind.LEFT, int(department))
        for department, member, role, present in assignments
        if role is Role.MEMBER
    ]
    yield from tell(account_id, numbers, told, now_ms)


def set_participant(
    account_id: AccountId,
    conversation_id: ConversationId,
    extension_id: ExtensionId,
    now_ms: int,
    *,
    present: bool,
) -> Steps[bool]:
    """Let an explicit participant leave a conversation, or come back; `False` if it is none."""
    _, numbers = yield from raise_version(account_id, [extension_id])
    where = {
        "account_id": account_id,
        "conversation_id": conversation_id,
        "extension_id": extension_id,
    }
    found = yield from one(PRESENT, **where, present=int(present))
    yield from one(REACH, **where, explicit=int(present))
    kind = ChangeKind.JOINED if present else ChangeKind.LEFT
    yield from tell(account_id, numbers, [(extension_id, kind, int(conversation_id))], now_ms)
    return bool(found)
