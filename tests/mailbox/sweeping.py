"""A sweeper on a store without a house, and what it leaves behind."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from postroom.mailbox.ageing import Ageing
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.keeping import Keeping
from postroom.model.lifecycle import Step
from postroom.model.marking import Marked, Marking
from postroom.model.message import Availability, Direction, Message, MessageType, ReadStatus
from postroom.store import codes, counters
from postroom.store.blobs import Blobs, LocalBlobs
from postroom.store.database import Store
from postroom.store.statements import Statement, arg
from postroom.store.tables import change, conversation, erasure, mailbox, message
from postroom.workers.sweeping import Sweeper
from tests.store import office

ALIVE, DELETED, PURGED = Availability
DAY = 86_400_000
MESSAGES = Statement(
    select(
        message.c.extension_id,
        message.c.id,
        message.c.type,
        message.c.direction,
        message.c.read_status,
        message.c.availability,
        message.c.conversation_id,
        message.c.change_number,
    )
    .where(message.c.account_id == arg("account_id"))
    .order_by(message.c.id)
)
CHANGES = Statement(
    select(change.c.extension_id, change.c.number, change.c.kind, change.c.subject_id)
    .where(change.c.account_id == arg("account_id"))
    .order_by(change.c.extension_id, change.c.number)
)
BOXES = Statement(
    select(mailbox.c.extension_id, mailbox.c.counters, mailbox.c.over_quota).where(
        mailbox.c.account_id == arg("account_id")
    )
)
TALKS = Statement(
    select(
        conversation.c.extension_id,
        conversation.c.id,
        conversation.c.alive,
        conversation.c.unread,
        conversation.c.newest_id,
    ).where(conversation.c.account_id == arg("account_id"))
)
ERASURES = Statement(select(erasure.c.key))


class Hands:
    """A clock that only the test moves."""

    def __init__(self, now_ms: int = office.NOW) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, days: float) -> None:
        """Let days pass."""
        self.now_ms += int(days * DAY)


def sweeper(
    store: Store, folder: Path, clock: Hands, *, at_once: int = 50, blobs: Blobs | None = None
) -> Sweeper:
    """A sweeper that does not rest between pieces."""
    kept = blobs or LocalBlobs(folder / "objects")
    ageing = Ageing(store, kept, store.settings.keeping, at_once)
    return Sweeper(ageing=ageing, clock=clock, breath=0)


async def mark(
    store: Store,
    owner: int,
    ids: list[int],
    now_ms: int,
    *,
    step: Step | None = None,
    read: ReadStatus | None = None,
    account: int = office.ACCOUNT,
) -> list[Marked]:
    """What a user does to messages."""
    return await store.mark(
        Marking(
            account_id=AccountId(account),
            extension_id=ExtensionId(owner),
            version=1,
            ids=tuple(MessageId(id) for id in ids),
            now_ms=now_ms,
            step=step,
            read_status=read,
        )
    )


async def received(
    store: Store, count: int, owner: int = 1, *, type: MessageType = MessageType.SMS, **more: Any
) -> list[int]:
    """So many inbound messages, a second apart; their ids, oldest first."""
    now = more.pop("now", office.NOW)
    copies = [
        office.message(owner, type=type, direction=Direction.INBOUND, now=now + n * 1000, **more)
        for n in range(count)
    ]
    for first in range(0, count, 500):
        some = copies[first : first + 500]
        await store.file(office.filing(*some, account=more.get("account", office.ACCOUNT)))
    return [int(copy.id) for copy in copies]


async def where(store: Store, account: int = office.ACCOUNT) -> dict[int, Availability]:
    """Where every message is."""
    rows = await store.fetch(MESSAGES, account_id=account)
    return {row[1]: codes.AVAILABILITY.member(row[5]) for row in rows}


async def changes(store: Store, account: int = office.ACCOUNT) -> Counter[tuple[int, int]]:
    """How many changes of each kind every message has."""
    rows = await store.fetch(CHANGES, account_id=account)
    return Counter((row[3], row[2]) for row in rows)


async def check_books(store: Store, account: int = office.ACCOUNT) -> None:
    """Counters and conversations say what a recount of the messages says."""
    rows = await store.fetch(MESSAGES, account_id=account)
    numbers: dict[int, Any] = {}
    talks: dict[tuple[int, int], list[int]] = {}
    for owner, id, type, direction, read, availability, talk, _ in rows:
        box = numbers.setdefault(owner, counters.unpack(counters.EMPTY))
        box[counters.place(type, direction, read, availability)] += 1
        if talk is not None:
            count = talks.setdefault((owner, talk), [0, 0, 0])
            count[0] += availability == 0
            count[1] += availability == 0 and direction == 0 and read == 1
            count[2] = max(count[2], id)
    for owner, packed, _ in await store.fetch(BOXES, account_id=account):
        expected = numbers.get(owner, counters.unpack(counters.EMPTY))
        assert counters.unpack(bytes(packed)) == expected, owner
    found = await store.fetch(TALKS, account_id=account)
    assert {(row[0], row[1]): list(row[2:]) for row in found} == talks


def copy_with(message: Message, **changed: Any) -> Message:
    """A message that differs in something."""
    return msgspec.structs.replace(message, **changed)


SMALL = Keeping(texts=3, faxes=2, voicemails=2)
