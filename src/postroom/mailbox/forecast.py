"""What the next sweep of an account would do, worked out without doing any of it.

The sweeper lets messages age first, then the folders of a mailbox make room; what one folder lets
go may fill another.  Here the same is done with ids in memory.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

from postroom.mailbox import due
from postroom.mailbox.due import Account, Seen
from postroom.model import keeping
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.keeping import FOLDERS, Due, Folder
from postroom.model.lifecycle import Step
from postroom.model.message import Availability
from postroom.store.database import Store

AT_ONCE = 1_000


class Ageing(NamedTuple):
    """The messages of one mailbox whose time has come, for one reason."""

    due: Due
    owner: ExtensionId
    ids: list[MessageId]


class Room(NamedTuple):
    """The messages of one mailbox that make room in a folder."""

    folder: Folder
    owner: ExtensionId
    ids: list[MessageId]


Copy = tuple[bool, int, MessageId]
"""Whether it is unread, when it was created, and which: in the order in which copies make room."""


async def ageing(store: Store, account: Account, now_ms: int) -> list[Ageing]:
    """What age does, by reason and mailbox."""
    found: list[Ageing] = []
    for one in keeping.due(account.keeping, now_ms):
        owned: dict[ExtensionId, list[MessageId]] = {}
        async for some in due.aged(store, account, one, AT_ONCE):
            for owner, ids in some.items():
                owned.setdefault(owner, []).extend(ids)
        found += [Ageing(one, owner, ids) for owner, ids in sorted(owned.items())]
    return found


async def room(store: Store, account: Account, aged: list[Ageing]) -> AsyncIterator[Room]:
    """What makes room once `aged` has gone, by mailbox and folder."""
    owners = {one.owner for one in aged if one.due.step is Step.EVICT}
    async for owner, _ in due.full(store, account, thorough=True):
        owners.add(owner)
    for owner in sorted(owners):
        gone = {id for one in aged if one.owner == owner for id in one.ids}
        let_go: dict[str, list[Copy]] = {}
        for folder in FOLDERS:
            copies = await _copies(store, account, owner, folder)
            staying = [copy for copy in copies if copy[2] not in gone]
            if folder.availability is Availability.ALIVE:
                aside = [copy for copy in copies if copy[2] in gone]
            else:
                staying, aside = sorted(staying + let_go.get(folder.limit, [])), []
            most = folder.most(account.keeping)
            over = max(0, len(staying) - most) if most else 0
            let_go.setdefault(folder.limit, []).extend((*aside, *staying[:over]))
            if over:
                yield Room(folder, owner, [id for _, _, id in staying[:over]])


async def _copies(store: Store, account: Account, owner: ExtensionId, folder: Folder) -> list[Copy]:
    """All that a folder holds, in the order in which it would make room."""
    seen: Seen = {}
    copies: list[Copy] = []
    while some := await due.eldest(store, account, owner, folder, AT_ONCE, seen):
        copies += some
    return copies
