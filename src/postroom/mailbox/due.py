"""What is due in an account: which messages, which mailboxes, some at a time.

Nothing is changed here, and nothing is promised: the step decides again under the mailbox's lock.
"""

from collections.abc import AsyncIterator, Sequence

import msgspec

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.keeping import CHANGES_KEPT_MS, Due, Folder, Keeping, due
from postroom.model.message import Availability, ReadStatus
from postroom.store import ageing as rows
from postroom.store import codes, erasures, quota, trimming
from postroom.store.database import Store
from postroom.store.statements import Row

ACCOUNTS_AT_ONCE = 500
MAILBOXES_AT_ONCE = 200
Owned = dict[ExtensionId, list[MessageId]]
Seen = dict[tuple[str, ReadStatus], tuple[int, int]]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as the sweeper sees it.

    `since` says how long the first message has been where; `is_free`: not every mailbox is held.
    """

    id: AccountId
    version: int
    keeping: Keeping
    since: dict[Availability, int | None]
    is_free: bool
    is_full: bool
    lets_go: bool

    def is_due(self, now_ms: int) -> bool:
        """Whether anything may be due, as far as a few looks can tell."""
        if self.is_full or self.lets_go:
            return True
        if not self.is_free:
            return False
        moments = ((self.since[one.found], one.before_ms) for one in due(self.keeping, now_ms))
        return any(since is not None and since <= before for since, before in moments)


async def accounts(store: Store, house: Keeping) -> AsyncIterator[Account]:
    """Every account; `house` holds for those that chose nothing."""
    behind = 0
    while found := await store.fetch(rows.ACCOUNTS, behind=behind, limit=ACCOUNTS_AT_ONCE):
        for row in found:
            yield _account(row, house)
        behind = found[-1][0]


async def account(store: Store, house: Keeping, id: AccountId) -> Account | None:
    """One account as it is now."""
    found = await store.fetch(rows.ACCOUNT, account_id=id)
    return _account(found[0], house) if found else None


def _account(row: Row, house: Keeping) -> Account:
    id, version, settings, *since, is_free, is_full, lets_go = row
    return Account(
        id=id,
        version=version,
        keeping=quota.keeping_of(settings, house),
        since=dict(zip(Availability, since, strict=True)),
        is_free=bool(is_free),
        is_full=bool(is_full),
        lets_go=bool(lets_go),
    )


# -- by age --------------------------------------------------------------------------------------


async def aged(store: Store, account: Account, one: Due, at_once: int) -> AsyncIterator[Owned]:
    """The messages whose time has come, by mailbox, some at a time; each is seen once."""
    after: tuple[int, ...] = (0, 0, 0)
    while found := await store.fetch(
        rows.DUE[one.found],
        **_resting(account, one),
        after_ms=after[0],
        after_extension=after[1],
        after_id=after[2],
        limit=at_once,
    ):
        after = tuple(found[-1])
        owned: Owned = {}
        for _, owner, id in found:
            owned.setdefault(owner, []).append(id)
        yield owned


def _resting(account: Account, one: Due) -> dict[str, object]:
    typed = {"types": [codes.TYPE[type] for type in one.types]} if one.types else {}
    return {"account_id": account.id, "before": one.before_ms, **typed}


# -- by number -----------------------------------------------------------------------------------


async def full(
    store: Store, account: Account, *, thorough: bool
) -> AsyncIterator[tuple[ExtensionId, Sequence[tuple[Folder, int]]]]:
    """The mailboxes that hold more than they may, and by how much in which folder.

    Those that were marked; `thorough` looks at the counters of all, and finds as well what is too
    full because the limit became smaller.
    """
    behind = 0
    statement = rows.MAILBOXES if thorough else rows.FULL
    while found := await store.fetch(
        statement, account_id=account.id, behind=behind, limit=MAILBOXES_AT_ONCE
    ):
        behind = found[-1][0]
        for owner, packed in found:
            over = quota.excess(packed, account.keeping)
            if over or not thorough:
                yield owner, over


async def excess(
    store: Store, account: Account, owner: ExtensionId
) -> Sequence[tuple[Folder, int]]:
    """The folders of one mailbox that hold more than they may, and by how much, now."""
    found = await store.fetch(rows.MAILBOXES, account_id=account.id, behind=owner - 1, limit=1)
    packed = next((row[1] for row in found if row[0] == owner), None)
    return [] if packed is None else quota.excess(packed, account.keeping)


async def oldest(
    store: Store, account: Account, owner: ExtensionId, folder: Folder, count: int, seen: Seen
) -> list[MessageId]:
    """The oldest of a folder, read ones before unread ones, behind those that were `seen`."""
    found = await eldest(store, account, owner, folder, count, seen)
    return [id for _, _, id in found]


async def eldest(
    store: Store, account: Account, owner: ExtensionId, folder: Folder, count: int, seen: Seen
) -> list[tuple[bool, int, MessageId]]:
    """The same, each with whether it is unread and when it was created."""
    for read_status in (ReadStatus.READ, ReadStatus.UNREAD):
        after = seen.get((folder.name, read_status), (0, 0))
        found = await store.fetch(
            rows.OLDEST[folder.availability],
            account_id=account.id,
            extension_id=owner,
            types=[codes.TYPE[type] for type in folder.types],
            directions=[codes.DIRECTION[one] for one in folder.directions],
            read_states=[codes.READ_STATUS[read_status]],
            after_ms=after[0],
            after_id=after[1],
            limit=count,
        )
        if found:
            seen[folder.name, read_status] = tuple(found[-1])
            return [(read_status is ReadStatus.UNREAD, row[0], row[1]) for row in found]
    return []


# -- changes and objects -------------------------------------------------------------------------


async def with_old_changes(
    store: Store, account: Account, now_ms: int
) -> AsyncIterator[ExtensionId]:
    """The mailboxes whose first change is so old that nobody may ask for it any more."""
    behind, before = 0, now_ms - CHANGES_KEPT_MS
    while found := await store.fetch(
        trimming.WITH_OLD,
        account_id=account.id,
        behind=behind,
        before=before,
        limit=MAILBOXES_AT_ONCE,
    ):
        behind = found[-1][0]
        for row in found:
            yield row[0]


async def is_owed(store: Store, account: Account, now_ms: int) -> bool:
    """Whether a thorough look finds something that `Account.is_due` cannot tell."""
    async for _ in with_old_changes(store, account, now_ms):
        return True
    async for _ in full(store, account, thorough=True):
        return True
    return False


async def unseen(store: Store, account: Account, now_ms: int) -> tuple[int, int]:
    """How many changes are too old, and how many objects wait to be erased."""
    [[changes]] = await store.fetch(
        trimming.OLD, account_id=account.id, before=now_ms - CHANGES_KEPT_MS
    )
    [[objects]] = await store.fetch(erasures.COUNT, account_id=account.id)
    return changes, objects
