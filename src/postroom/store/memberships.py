"""Who belongs to which department, and who takes part in which conversation."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, SmallInteger, literal_column, or_, select, update
from sqlalchemy.sql.dml import ReturningInsert

from postroom.model.audit import UNSIGNED, Act, Deed, Signature
from postroom.model.company import Role
from postroom.model.errors import InvalidReference
from postroom.model.ids import AccountId, ConversationId, ExtensionId
from postroom.store import audit, codes
from postroom.store.codes import ChangeKind
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.directory_version import Told, raise_version, tell
from postroom.store.statements import Bulk, Source, Statement, arg
from postroom.store.tables import conversation, membership, participant

SMALL = SmallInteger()
ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")
_m, _p, _c = membership.c, participant.c, conversation.c
KEY = ("account_id", "department_id", "extension_id", "role")
CHANGED = (_m.department_id, _m.extension_id, _m.role)


def _begin(v: Source, insert: Any) -> ReturningInsert[Any]:
    names = [*KEY, "present", "version"]
    columns = [*v.all()[:4], ONE, v.version]
    statement = insert(membership)
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, columns, strict=True)))
    else:
        statement = statement.from_select(names, select(*columns))
    begun: ReturningInsert[Any] = statement.on_conflict_do_update(
        index_elements=KEY,
        set_={"present": ONE, "version": statement.excluded.version},
        where=_m.present == ZERO,
    ).returning(*CHANGED)
    return begun


_TYPES = {name: membership.c[name].type for name in (*KEY, "version")}
BEGIN = Bulk(_TYPES, _begin)
"""Who is a member already is not among the rows that come back."""

END = Bulk(
    _TYPES,
    lambda v, _: (
        update(membership)
        .values(present=ZERO, version=v.version)
        .where(*(membership.c[name] == getattr(v, name) for name in KEY), _m.present == ONE)
        .returning(*CHANGED)
    ),
)
_with = (
    _m.account_id == arg("account_id"),
    or_(_m.extension_id == arg("id"), _m.department_id == arg("id")),
    _m.present == ONE,
)
CIRCLE = Statement(select(_m.department_id, _m.extension_id).where(*_with))
LEAVE_ALL = Statement(
    update(membership)
    .values(present=ZERO, version=arg("version"))
    .where(*_with)
    .returning(*CHANGED)
)
PRESENT = Statement(
    update(participant)
    .values(present=arg("present", SMALL))
    .where(
        _p.account_id == arg("account_id"),
        _p.conversation_id == arg("conversation_id"),
        _p.extension_id == arg("extension_id"),
    )
    .returning(_p.extension_id)
)
REACH = Statement(
    update(conversation)
    .values(explicit=arg("explicit", SMALL), department_id=None)
    .where(
        _c.account_id == arg("account_id"),
        _c.id == arg("conversation_id"),
        _c.extension_id == arg("extension_id"),
    )
)
ABSENT = Statement(
    update(participant)
    .values(present=ZERO)
    .where(
        _p.account_id == arg("account_id"),
        _p.extension_id == arg("extension_id"),
        _p.conversation_id.in_(
            select(_c.id).where(
                _c.account_id == arg("account_id"), _c.extension_id == arg("extension_id")
            )
        ),
    )
)

Assignment = tuple[ExtensionId, ExtensionId, Role, bool]
"""Department, extension, role, and whether it has the role from now on."""


def assign(
    account_id: AccountId,
    assignments: Sequence[Assignment],
    now_ms: int,
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Change memberships; each member whom it changes is told once per department."""
    concerned = {id for department, member, _, _ in assignments for id in (department, member)}
    version, numbers = yield from raise_version(account_id, concerned)
    last = {(department, id, role): present for department, id, role, present in assignments}

    def rows(wanted: bool) -> list[tuple[object, ...]]:
        return [
            (account_id, department, id, codes.ROLE[role], version)
            for (department, id, role), present in sorted(last.items())
            if present is wanted
        ]

    begun = yield from many(BEGIN, rows(True))
    ended = yield from many(END, rows(False))
    told = [*_told(begun, ChangeKind.JOINED), *_told(ended, ChangeKind.LEFT)]
    yield from tell(account_id, numbers, told, now_ms)
    yield from audit.append(list(_deeds(account_id, begun, ended, signed)))


def _deeds(account_id: AccountId, begun: Rows, ended: Rows, signed: Signature) -> Iterable[Deed]:
    """One deed per department: who has come and who has gone, with their roles."""
    for department in sorted({row[0] for row in (*begun, *ended)}):
        came, gone = (
            [[id, codes.ROLE.member(role)] for of, id, role in rows if of == department]
            for rows in (begun, ended)
        )
        yield Deed(
            account_id=account_id,
            act=Act.MEMBERS_SET,
            signed=signed,
            extension=ExtensionId(department),
            details={"added": came, "removed": gone},
        )


def _told(changed: Rows, kind: ChangeKind) -> Iterable[Told]:
    member = codes.ROLE[Role.MEMBER]
    return (
        (ExtensionId(id), kind, department) for department, id, role in changed if role == member
    )


def leave_all(
    account_id: AccountId,
    id: ExtensionId,
    version: int,
    numbers: dict[ExtensionId, int],
    now_ms: int,
) -> Steps[None]:
    """End every membership of an extension, as member and as department, and its participations.

    `numbers` are the change numbers of the mailboxes that the caller has locked.
    """
    changed = yield from one(LEAVE_ALL, account_id=account_id, id=id, version=version)
    yield from one(ABSENT, account_id=account_id, extension_id=id)
    yield from tell(account_id, numbers, list(_told(changed, ChangeKind.LEFT)), now_ms)


def circle(account_id: AccountId, id: ExtensionId) -> Steps[set[ExtensionId]]:
    """The extension, its departments, and its members when it is one."""
    rows = yield from one(CIRCLE, account_id=account_id, id=id)
    return {id}.union(ExtensionId(found) for row in rows for found in row)


def set_participant(
    account_id: AccountId,
    conversation_id: ConversationId,
    extension_id: ExtensionId,
    now_ms: int,
    *,
    present: bool,
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Let an explicit participant leave a conversation, or come back.

    Raises `InvalidReference` when the conversation never named it.
    """
    _, numbers = yield from raise_version(account_id, [extension_id])
    where = {
        "account_id": account_id,
        "conversation_id": conversation_id,
        "extension_id": extension_id,
    }
    if not (yield from one(PRESENT, **where, present=int(present))):
        raise InvalidReference("conversationId")
    yield from one(REACH, **where, explicit=int(present))
    kind = ChangeKind.JOINED if present else ChangeKind.LEFT
    yield from tell(account_id, numbers, [(extension_id, kind, int(conversation_id))], now_ms)
    about = {"conversation": int(conversation_id), "present": present}
    yield from audit.enter(account_id, Act.PARTICIPANT_SET, signed, extension_id, about)
