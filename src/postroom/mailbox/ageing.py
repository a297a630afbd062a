"""What happens to messages by themselves: they age, and they make room.

Everything is decided again under the mailbox's lock, so that a message takes a step once, whoever
else wants it.  A message that may not take it is passed over.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass

from postroom.mailbox import due, erasing
from postroom.mailbox.due import Account, Owned, Seen
from postroom.model import keeping
from postroom.model.ids import ExtensionId
from postroom.model.keeping import CHANGES_KEPT_MS, Folder, Keeping, Reason
from postroom.model.lifecycle import Step
from postroom.model.marking import Marked, Marking
from postroom.observability import journal, metrics
from postroom.store import ageing as steps
from postroom.store import trimming
from postroom.store.blobs import Blobs
from postroom.store.database import Store


@dataclass(frozen=True, slots=True)
class Ageing:
    """Moves messages on, `at_once` at a time; `house` holds for accounts that chose nothing."""

    store: Store
    blobs: Blobs
    house: Keeping
    at_once: int

    async def pieces(
        self, account: Account, now_ms: int, *, thorough: bool = False
    ) -> AsyncGenerator[int, None]:
        """Do everything that is due, a piece at a time; how many rows or objects each moved.

        A `thorough` one also trims changes, and weighs the mailboxes that nothing was written to
        since their limit changed.  Raises `Outdated` when the account has changed meanwhile.
        """
        for one in keeping.due(account.keeping, now_ms):
            async for owned in due.aged(self.store, account, one, self.at_once):
                yield await self._move(account, one.reason, one.step, owned, now_ms, one.before_ms)
        async for owner, _ in due.full(self.store, account, thorough=thorough):
            async for moved in self._make_room(account, owner, now_ms):
                yield moved
        async for keys in erasing.waiting(self.store, account.id, self.at_once):
            yield await erasing.erase(self.store, self.blobs, account.id, keys)
        if thorough:
            async for owner in due.with_old_changes(self.store, account, now_ms):
                async for moved in self._trim(account, owner, now_ms - CHANGES_KEPT_MS):
                    yield moved

    async def _move(
        self,
        account: Account,
        reason: Reason,
        step: Step,
        owned: Owned,
        now_ms: int,
        before_ms: int | None = None,
    ) -> int:
        """Take a step with messages of some mailboxes; how many took it."""
        markings = [
            Marking(
                account_id=account.id,
                extension_id=owner,
                version=account.version,
                ids=tuple(ids),
                now_ms=now_ms,
                step=step,
                before_ms=before_ms,
            )
            for owner, ids in owned.items()
        ]
        answers = await asyncio.gather(*(self.store.mark(one, bulk=True) for one in markings))
        moved = 0
        for marking, marked in zip(markings, answers, strict=True):
            moved += _tell(reason, step, marking, marked)
            await erasing.let_go(self.store, self.blobs, account.id, marked)
        return moved

    async def _make_room(
        self, account: Account, owner: ExtensionId, now_ms: int
    ) -> AsyncIterator[int]:
        """Let the oldest go until each folder holds what it may, or nothing more may go."""
        seen: Seen = {}
        while True:
            owned: Owned = {}
            for folder, count in await due.excess(self.store, account, owner):
                some = min(count, self.at_once)
                if ids := await due.oldest(self.store, account, owner, folder, some, seen):
                    # Counted after they were chosen: others may have made the room meanwhile.
                    owned[owner] = ids[: await self._too_many(account, owner, folder)]
                    yield await self._move(account, Reason.QUOTA, folder.step, owned, now_ms)
                    break
            if not owned:
                break
        await self.store.transact(
            lambda: steps.weigh(account.id, owner, account.keeping), account.id, bulk=True
        )

    async def _too_many(self, account: Account, owner: ExtensionId, folder: Folder) -> int:
        over = await due.excess(self.store, account, owner)
        return next((count for one, count in over if one == folder), 0)

    async def _trim(
        self, account: Account, owner: ExtensionId, before_ms: int
    ) -> AsyncIterator[int]:
        """Remove changes that nobody may ask for any more."""
        removed = self.at_once
        while removed == self.at_once:
            removed = await self.store.transact(
                lambda: trimming.trim(account.id, owner, before_ms, self.at_once),
                account.id,
                bulk=True,
            )
            yield removed


def _tell(reason: Reason, step: Step, marking: Marking, marked: Sequence[Marked]) -> int:
    """Count what moved, and tell where room had to be made."""
    moved = sum(one.changed for one in marked)
    if moved:
        metrics.swept.add((step.value, reason.value), moved)
        if reason is Reason.QUOTA:
            journal.made_room(
                step.value,
                account_id=marking.account_id,
                extension_id=marking.extension_id,
                copies=moved,
            )
    return moved
