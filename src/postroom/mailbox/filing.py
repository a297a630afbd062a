"""The only way into a mailbox: a filing is durable when this returns."""

from postroom.model.filing import Filing
from postroom.store.database import Store


async def file(store: Store, filing: Filing) -> None:
    """Commit a filing with its events.

    Raises `Outdated` when it was made from a directory or session that is no longer true,
    `AlreadyFiled` when its idempotency key or its parts are used, `Unavailable` when too much
    waits already.
    """
    await store.file(filing)
