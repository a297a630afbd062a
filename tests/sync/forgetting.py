"""Removing a message for good, as the sweeper does it."""

from sqlalchemy import delete

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many, one
from postroom.store.database import Store
from postroom.store.directory_version import tell
from postroom.store.statements import Statement, arg
from postroom.store.tables import message

DROP = Statement(
    delete(message).where(
        message.c.account_id == arg("account_id"),
        message.c.extension_id == arg("extension_id"),
        message.c.id == arg("id"),
    )
)


async def forget(
    store: Store, account_id: AccountId, owner: ExtensionId, id: MessageId, now_ms: int
) -> None:
    """Take the row away and tell the mailbox."""

    def steps() -> Steps[None]:
        [(_, _, number, *_)] = yield from many(LOCK_MAILBOXES, [(account_id, owner)])
        yield from one(DROP, account_id=account_id, extension_id=owner, id=id)
        told = [(owner, ChangeKind.FORGOTTEN, int(id))]
        yield from tell(account_id, {owner: number}, told, now_ms)

    await store.transact(steps)
