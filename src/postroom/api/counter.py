"""What the handlers need: made once by `app`, given to each call."""

from collections.abc import Callable, Iterator

import msgspec

from postroom.channels.desk import Desk
from postroom.directory.access import Access
from postroom.directory.companies import Companies
from postroom.mailbox.paging import Lists
from postroom.store.blobs import Blobs
from postroom.store.database import Store


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen; `base` is the public address, without a slash at its end.

    `limits` are requests per window and group name; `None` switches them off.
    """

    base: str
    max_body: int = 10_485_760
    limits_enabled: bool = False
    limits: dict[str, int] = msgspec.field(
        default_factory=lambda: {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
    )
    window_seconds: int = 60
    penalty_seconds: int = 60
    demo: bool = False
    log_access: bool = False


class Counter:
    """The equipment of the counter."""

    def __init__(
        self,
        *,
        store: Store,
        companies: Companies,
        access: Access,
        desk: Desk,
        blobs: Blobs,
        ids: Iterator[int],
        clock: Callable[[], int],
        settings: ApiSettings,
    ) -> None:
        self.store, self.companies, self.access = store, companies, access
        self.desk, self.blobs, self.ids = desk, blobs, ids
        self.clock, self.settings = clock, settings
        self.lists = Lists(store)
