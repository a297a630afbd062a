"""What somebody does to messages in the office of the store."""

from postroom.model.audit import Actor, ActorKind
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.store.database import Store
from tests.store import office
from tests.store.office import ACCOUNT, NOW

BEN = Actor(kind=ActorKind.USER, extension=ExtensionId(2), app="app", address="192.0.2.7")


def marking(step: Step, *ids: MessageId, account: int = ACCOUNT, extension: int = 1) -> Marking:
    return Marking(
        account_id=AccountId(account),
        extension_id=ExtensionId(extension),
        version=1,
        ids=ids,
        now_ms=NOW,
        step=step,
        by=BEN,
    )


async def filed(store: Store, count: int, **where: int) -> list[MessageId]:
    """Messages in one mailbox."""
    account, extension = where.get("account", 1), where.get("extension", 1)
    messages = [office.message(extension, account=account) for _ in range(count)]
    await store.file(office.filing(*messages, account=account))
    return [message.id for message in messages]
