"""A company whose directory is changed, and what its mailboxes are told of it."""

import itertools
from typing import NamedTuple

from sqlalchemy import select

from postroom.directory import provisioning
from postroom.directory.companies import Companies
from postroom.directory.founding import found_account
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import Company
from postroom.model.extension import ExtensionType
from postroom.model.ids import AccountId, ConversationId, ExtensionId
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many
from postroom.store.database import Store
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import change, conversation, mailbox, participant

NOW = 1_700_000_000_000
LATER = NOW + 5000
TALK = ConversationId(77)
ids = itertools.count(1_000)

CHANGES = Statement(
    select(change.c.number, change.c.kind, change.c.subject_id, change.c.at_ms)
    .where(change.c.account_id == arg("account_id"), change.c.extension_id == arg("extension_id"))
    .order_by(change.c.number)
)
NUMBER_OF_MAILBOX = Statement(
    select(mailbox.c.change_number).where(
        mailbox.c.account_id == arg("account_id"), mailbox.c.extension_id == arg("extension_id")
    )
)
TAKES_PART = Statement(
    select(participant.c.present, conversation.c.explicit, conversation.c.department_id)
    .join(
        conversation,
        (conversation.c.account_id == participant.c.account_id)
        & (conversation.c.id == participant.c.conversation_id)
        & (conversation.c.extension_id == participant.c.extension_id),
    )
    .where(
        participant.c.account_id == arg("account_id"),
        participant.c.extension_id == arg("extension_id"),
    )
)


class Told(NamedTuple):
    """What a mailbox was told."""

    kind: ChangeKind
    subject: int
    at_ms: int


class Staff:
    """A company with 101, 102 and 103, a message-only extension 104, and departments 200, 201."""

    def __init__(self, store: Store, account_id: AccountId) -> None:
        self.store, self.account_id = store, account_id
        self.companies = Companies(store)

    async def now(self) -> Company:
        """The company as it is now."""
        return await self.companies.current(self.account_id)

    async def id(self, number: str) -> ExtensionId:
        """The id of an extension."""
        return (await self.now()).by_number[number].id

    async def told(self, id: ExtensionId) -> list[Told]:
        """The changes of a mailbox."""
        rows = await self.store.fetch(CHANGES, account_id=self.account_id, extension_id=id)
        return [Told(ChangeKind(kind), subject, at) for _, kind, subject, at in rows]

    async def change_number(self, id: ExtensionId) -> int:
        """The number of a mailbox's last change."""
        [(number,)] = await self.store.fetch(
            NUMBER_OF_MAILBOX, account_id=self.account_id, extension_id=id
        )
        return int(number)

    async def assign(self, *assignments: Assignment, now_ms: int = NOW) -> None:
        """Change members."""
        await provisioning.assign_members(self.store, await self.now(), assignments, now_ms)


async def staffed(store: Store) -> Staff:
    """A new company."""
    administrator = extension("101", "Ada", now_ms=NOW)
    system = await found_account(store, ids, "Office", administrator, "+16505550100")
    staff = Staff(store, system.account_id)
    new = [
        extension("102", "Ben"),
        extension("103", "Cleo"),
        extension("104", "Front desk", type=ExtensionType.VOICEMAIL),
        extension("200", "Support", type=ExtensionType.DEPARTMENT),
        extension("201", "Night", type=ExtensionType.DEPARTMENT),
    ]
    await provisioning.add_extensions(store, await staff.now(), ids, new)
    return staff


async def converse(staff: Staff, id: ExtensionId) -> None:
    """A conversation that names somebody."""

    def steps() -> Steps[None]:
        yield from many(
            insertion(participant, ["account_id", "conversation_id", "extension_id"]),
            [(staff.account_id, TALK, id)],
        )
        yield from many(
            insertion(conversation), [(staff.account_id, id, TALK, 1, None, 1, 0, NOW, 5, 0)]
        )

    await staff.store.transact(steps)


async def takes_part(staff: Staff, id: ExtensionId) -> list[tuple[int, int, int | None]]:
    """Of each conversation of a mailbox: whether present, explicit, and the department."""
    rows = await staff.store.fetch(TAKES_PART, account_id=staff.account_id, extension_id=id)
    return [(present, explicit, department) for present, explicit, department in rows]
