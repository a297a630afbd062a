"""A small office in a store, made without the directory: for tests of the store alone."""

import itertools
from collections.abc import Iterator

from postroom.model.filing import Dispatch, Filing, IdempotencyKey, Thread
from postroom.model.ids import AccountId, ConversationId, ExtensionId, MessageId
from postroom.model.message import Direction, Message, MessageStatus, MessageType
from postroom.store import counters
from postroom.store.commands import Steps, many
from postroom.store.database import Store
from postroom.store.statements import insertion
from postroom.store.tables import account, mailbox

ACCOUNT = AccountId(1)
NOW = 1_700_000_000_000
ADD_ACCOUNT = insertion(account, ["id", "name", "created_ms"])
ADD_MAILBOX = insertion(mailbox, ["account_id", "extension_id", "counters"])
ids: Iterator[int] = itertools.count(1_000_000)


async def furnish(store: Store, extensions: int = 3, accounts: int = 1) -> None:
    """Accounts 1…, each with mailboxes 1…, at version 1."""

    def steps() -> Steps[None]:
        yield from many(ADD_ACCOUNT, [(a, "Office", NOW) for a in range(1, accounts + 1)])
        boxes = [
            (a, e, counters.EMPTY) for a in range(1, accounts + 1) for e in range(1, extensions + 1)
        ]
        yield from many(ADD_MAILBOX, boxes)

    await store.transact(steps)


def message(
    extension: int,
    *,
    account: int = ACCOUNT,
    text: str = "Hello",
    direction: Direction = Direction.OUTBOUND,
    type: MessageType = MessageType.SMS,
    now: int = NOW,
    conversation: int | None = 77,
    id: int | None = None,
) -> Message:
    """One copy."""
    outbound = direction is Direction.OUTBOUND
    return Message(
        account_id=AccountId(account),
        extension_id=ExtensionId(extension),
        id=MessageId(next(ids) if id is None else id),
        type=type,
        direction=direction,
        status=MessageStatus.QUEUED if outbound else MessageStatus.RECEIVED,
        created_ms=now - now % 1000,
        modified_ms=now,
        conversation_id=None if conversation is None else ConversationId(conversation),
        subject=text,
        sender='{"phoneNumber":"+16505550101"}',
        recipients='[{"phoneNumber":"+14155550123"}]',
        own="+16505550101",
        peer="+14155550123",
    )


def filing(
    *messages: Message,
    account: int = ACCOUNT,
    version: int = 1,
    key: IdempotencyKey | None = None,
    dispatch: bool = False,
    thread: Thread | None = None,
    session_version: int | None = None,
) -> Filing:
    """A filing of some copies, by default of one in mailbox 1."""
    copies = messages or (message(1, account=account),)
    dispatches = tuple(
        Dispatch(
            extension_id=copy.extension_id,
            message_id=copy.id,
            sender="+16505550101",
            recipient="+14155550123",
            text=copy.subject,
        )
        for copy in copies[: int(dispatch)]
    )
    return Filing(
        account_id=AccountId(account),
        version=version,
        session_version=session_version,
        messages=copies,
        dispatches=dispatches,
        key=key,
        thread=thread,
        due_ms=NOW,
    )
