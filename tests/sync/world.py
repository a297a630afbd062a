"""One mailbox in a company, changed in every way, and what it should look like to its owner."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from postroom.directory import provisioning
from postroom.directory.companies import Companies
from postroom.directory.provisioning import Assignment
from postroom.model.company import Company
from postroom.model.extension import ExtensionType
from postroom.model.filing import Filing, Thread
from postroom.model.ids import AccountId, ConversationId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking, Outcome
from postroom.model.message import (
    Availability,
    Direction,
    Message,
    MessageStatus,
    MessageType,
    ReadStatus,
)
from postroom.store.database import Store
from tests.sync.forgetting import forget

ALIVE, DELETED, PURGED = Availability.ALIVE, Availability.DELETED, Availability.PURGED
STEPS = {
    Step.DELETE: {ALIVE: DELETED, DELETED: PURGED},
    Step.ERASE: {ALIVE: PURGED, DELETED: PURGED},
    Step.RESTORE: {DELETED: ALIVE},
}
numbers = itertools.count(10_000)


@dataclass(slots=True)
class Known:
    """A message as the model knows it; `touched` rises with each change of anything."""

    id: int
    created_ms: int
    type: MessageType
    direction: Direction
    talk: int | None
    touched: int
    availability: Availability = ALIVE
    read: bool = False
    delivered: bool = False


@dataclass(slots=True)
class Talk:
    """A conversation: whether the owner is named in it, and its departments."""

    id: int
    named: bool
    departments: frozenset[int]
    taken_out: bool = False


@dataclass(slots=True)
class World:
    """The mailbox of `owner`, in the store and as a model."""

    store: Store
    companies: Companies
    account: AccountId
    ids: Any
    clock: Callable[[], int]
    owner: ExtensionId
    departments: list[ExtensionId]
    messages: dict[int, Known] = field(default_factory=dict)
    forgotten: dict[int, Known] = field(default_factory=dict)
    talks: dict[int, Talk] = field(default_factory=dict)
    member_of: set[int] = field(default_factory=set)
    step: int = 0
    turned: int = 0
    """The last step at which conversations may have been opened or closed."""

    @classmethod
    async def begun(
        cls,
        store: Store,
        companies: Companies,
        account: AccountId,
        ids: Any,
        clock: Callable[[], int],
    ) -> "World":
        """A new extension and two new departments in the company."""
        company = await companies.current(account)
        new = [
            provisioning.extension(f"{next(numbers)}", "Owner"),
            *(
                provisioning.extension(
                    f"{next(numbers)}", "Department", type=ExtensionType.DEPARTMENT
                )
                for _ in range(2)
            ),
        ]
        added = await provisioning.add_extensions(store, company, ids, new)
        owner, *departments = (one.id for one in added)
        return cls(store, companies, account, ids, clock, owner, departments)

    async def company(self) -> Company:
        """The company as it is now."""
        return await self.companies.current(self.account)

    # -- what the owner sees -----------------------------------------------------------------

    def is_open(self, known: Known) -> bool:
        """Whether the owner may read it."""
        if known.talk is None:
            return True
        talk = self.talks[known.talk]
        return talk.named or bool(talk.departments & self.member_of)

    def visible(self) -> dict[int, Known]:
        """What a list of the mailbox shows."""
        return {
            id: known
            for id, known in self.messages.items()
            if known.availability is ALIVE and self.is_open(known)
        }

    # -- what happens ------------------------------------------------------------------------

    async def sms(self, direction: Direction) -> None:
        """An SMS is sent or received."""
        await self._file(MessageType.SMS, direction, None)

    async def page(self, talk: int | None, *, named: bool, departments: frozenset[int]) -> None:
        """A page arrives: in a new conversation, or as a reply that may add participants."""
        before = None if talk is None else self.talks[talk]
        through = departments | (before.departments if before else frozenset())
        is_named = named or (before is not None and before.named)
        if not is_named and not through & self.member_of:
            return
        id = MessageId(next(self.ids))
        conversation = ConversationId(talk or id)
        if before and (named > before.named or not departments <= before.departments):
            self.turned = self.step + 1
        self.talks[conversation] = Talk(conversation, is_named, through)
        explicit = frozenset([self.owner]) if is_named else frozenset[ExtensionId]()
        thread = Thread(
            id=conversation,
            explicit=explicit,
            departments=frozenset(ExtensionId(one) for one in through),
        )
        await self._file(MessageType.PAGER, Direction.INBOUND, thread, id)

    async def _file(
        self,
        type: MessageType,
        direction: Direction,
        thread: Thread | None,
        id: MessageId | None = None,
    ) -> None:
        now, id = self.clock(), id or MessageId(next(self.ids))
        outbound = direction is Direction.OUTBOUND
        message = Message(
            account_id=self.account,
            extension_id=self.owner,
            id=id,
            type=type,
            direction=direction,
            status=MessageStatus.QUEUED if outbound else MessageStatus.RECEIVED,
            created_ms=now - now % 1000,
            modified_ms=now,
            conversation_id=thread.id if thread else ConversationId(77 + outbound),
            subject="Hello",
            sender="{}",
            recipients="[]",
        )
        company = await self.company()
        await self.store.file(
            Filing(
                account_id=self.account,
                version=company.version,
                messages=(message,),
                thread=thread,
            )
        )
        self.step += 1
        if thread is None:
            self.talks.setdefault(int(message.conversation_id or 0), Talk(0, True, frozenset()))
        self.messages[id] = Known(
            id, message.created_ms, type, direction, message.conversation_id, self.step
        )

    async def deliver(self, id: int) -> None:
        """A receipt arrives for what was sent."""
        known = self.messages[id]
        if known.direction is Direction.INBOUND or known.delivered:
            return
        outcome = Outcome(
            account_id=self.account,
            extension_id=self.owner,
            message_id=MessageId(id),
            now_ms=self.clock(),
            status=MessageStatus.DELIVERED,
        )
        await self.store.settle((outcome,))
        known.delivered = True
        self._touch(known)

    async def read(self, id: int) -> None:
        """The owner marks it read."""
        known = self.messages[id]
        await self._mark(id, read_status=ReadStatus.READ)
        if not known.read:
            known.read = True
            self._touch(known)

    async def take(self, id: int, step: Step) -> None:
        """Delete, restore or erase it."""
        known = self.messages[id]
        if known.availability not in STEPS[step]:
            return
        await self._mark(id, step=step)
        known.availability = STEPS[step][known.availability]
        self._touch(known)

    async def _mark(self, id: int, **wish: Any) -> None:
        company = await self.company()
        marking = Marking(
            account_id=self.account,
            extension_id=self.owner,
            version=company.version,
            ids=(MessageId(id),),
            now_ms=self.clock(),
            **wish,
        )
        [marked] = await self.store.mark(marking)
        assert marked.found

    async def forget(self, id: int) -> None:
        """The last trace of a purged message goes."""
        if self.messages[id].availability is PURGED:
            await forget(self.store, self.account, self.owner, MessageId(id), self.clock())
            self.forgotten[id] = self.messages.pop(id)
            self._touch(self.forgotten[id])

    def _touch(self, known: Known) -> None:
        self.step += 1
        known.touched = self.step

    async def assign(self, department: int, *, member: bool) -> None:
        """The owner joins a department, or leaves it."""
        company = await self.company()
        ids = (self.owner,)
        assignment = Assignment(
            department=ExtensionId(department),
            added=ids if member else (),
            removed=() if member else ids,
        )
        await provisioning.assign_members(self.store, company, [assignment], self.clock())
        (self.member_of.add if member else self.member_of.discard)(department)
        self._turn()

    async def take_part(self, talk: int, *, present: bool) -> None:
        """The owner is taken out of a conversation that names him, or put back."""
        known = self.talks[talk]
        if not (known.named or known.taken_out) or known.id == 0:
            return
        await provisioning.set_participant(
            self.store,
            await self.company(),
            ConversationId(talk),
            self.owner,
            self.clock(),
            present=present,
        )
        known.named, known.taken_out = present, not present
        self._turn()

    def _turn(self) -> None:
        self.step += 1
        self.turned = self.step
