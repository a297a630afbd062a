"""The only way into a mailbox: a filing is durable when this returns."""

from collections.abc import Awaitable

from postroom.model.filing import Filing
from postroom.store.database import Store


def file(store: Store, filing: Filing) -> Awaitable[object]:
    """Commit a filing with its events; wait for what is returned.

    Raises `Outdated` when it was made from a directory or session that is no longer true,
    `AlreadyFiled` when its idempotency key or its parts are used, `Unavailable` when too much
    waits already.
    """
    return store.file(filing)
