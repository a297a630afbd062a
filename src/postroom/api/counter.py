"""What the handlers need: made once by `app`, given to each call."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

import msgspec

from postroom.channels.desk import Desk
from postroom.directory.access import Access
from postroom.directory.companies import Companies
from postroom.directory.sessions import Sessions
from postroom.mailbox.paging import Lists
from postroom.mailbox.syncing import Syncing
from postroom.model.keeping import Keeping
from postroom.store.blobs import Blobs
from postroom.store.database import Store


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen; `base` is the public address, without a slash at its end.

    `limits` are requests per window and group name; `None` switches them off.
    """

    base: str
    version: str = "0"
    max_body: int = 10_485_760
    limits_enabled: bool = False
    limits: dict[str, int] = msgspec.field(
        default_factory=lambda: {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
    )
    window_seconds: int = 60
    penalty_seconds: int = 60
    sync_overlap_ms: int = 0
    demo: bool = False
    log_access: bool = False
    keeping: Keeping = Keeping()


class Bring(Protocol):
    """Brings an SMS from a carrier, as if somebody had sent it to one of the company's numbers."""

    async def __call__(self, sender: str, recipient: str, text: str) -> object:
        """Return when the SMS is safe, or dropped as the rules will have it."""
        ...


class Counter:
    """The equipment of the counter.

    `bring` has a door for each carrier that is simulated; `sync_key` signs sync tokens.
    """

    def __init__(
        self,
        *,
        store: Store,
        companies: Companies,
        access: Access,
        sessions: Sessions,
        desk: Desk,
        blobs: Blobs,
        ids: Iterator[int],
        clock: Callable[[], int],
        settings: ApiSettings,
        sync_key: bytes,
        bring: Mapping[str, Bring] = MappingProxyType({}),
    ) -> None:
        self.store, self.companies = store, companies
        self.access, self.sessions = access, sessions
        self.desk, self.blobs, self.ids = desk, blobs, ids
        self.clock, self.settings, self.bring = clock, settings, bring
        self.lists = Lists(store)
        self.syncing = Syncing(store, clock, settings.sync_overlap_ms)
        self.sync_key = sync_key
