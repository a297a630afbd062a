"""Reading the audit log: pages of it, and the walk that tells whether it can be believed."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from postroom.model.audit import THE_HOUSE, Broken, Entry, Fault, Head, check
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit
from postroom.store.database import Store

WALKED = 500


class Wanted(NamedTuple):
    """Which entries of an account: since a moment, of one act, by or about one extension."""

    account_id: AccountId
    since_ms: int = 0
    act: str | None = None
    extension: ExtensionId | None = None


async def page(store: Store, wanted: Wanted, behind: int, limit: int) -> list[Entry]:
    """The entries that match, behind a number, oldest first."""
    rows = await store.fetch(
        audit.PAGE,
        account_id=wanted.account_id,
        behind=behind,
        since=wanted.since_ms,
        act=wanted.act,
        extension=wanted.extension,
        limit=limit,
    )
    return audit.entries_of(rows)


async def every(store: Store, wanted: Wanted) -> AsyncIterator[Entry]:
    """All entries that match, oldest first, a page in memory at a time."""
    behind = 0
    while entries := await page(store, wanted, behind, WALKED):
        for entry in entries:
            yield entry
        behind = entries[-1].number


async def chains(store: Store) -> list[AccountId]:
    """Every account of which there is anything in the log, and the house."""
    rows = await store.fetch(audit.CHAINS)
    return sorted({THE_HOUSE, *(AccountId(id) for (id,) in rows)})


async def verify(store: Store, account_id: AccountId, noted: Head | None = None) -> Head:
    """Walk a chain from its first entry to its noted end, in bounded memory; that end.

    `noted` is a head that was written down elsewhere: a log that was written anew from there on
    has another one.  What is entered meanwhile is left for the next time.  Raises `Broken`.
    """
    [(number, hash, last)] = await store.fetch(audit.HEAD, account_id=account_id)
    end = Head() if number is None else Head(number, bytes(hash))
    head = Head()
    while head.number < end.number:
        rows = await store.fetch(
            audit.WALK, account_id=account_id, behind=head.number, limit=WALKED
        )
        entries = audit.entries_of(rows)
        if not entries:
            raise Broken(head.number + 1, Fault.CUT)
        for entry in entries[: end.number - head.number]:
            head = check(head, entry, noted)
    if (last or 0) > end.number:
        raise Broken(end.number + 1, Fault.BEHIND)
    if head != end:
        raise Broken(end.number, Fault.REWRITTEN)
    if noted is not None and noted.number > head.number:
        raise Broken(head.number + 1, Fault.CUT)
    return head
