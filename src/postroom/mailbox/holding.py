"""Legal holds: placed, released and listed."""

from collections.abc import Iterator

from postroom.model.audit import Signature
from postroom.model.errors import InvalidParameter
from postroom.model.holds import LONGEST_REASON, Hold
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import holds
from postroom.store.database import Store

PAGE = 1000


async def place(
    store: Store,
    account_id: AccountId,
    ids: Iterator[int],
    extension: ExtensionId | None,
    reason: str,
    signed: Signature,
) -> Hold:
    """Place a hold on one extension, or on the whole account; it stands when this returns.

    An extension that was removed still has its mailbox, and may be held.  Raises `InvalidParameter`
    and `InvalidReference`.
    """
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON or "\0" in why:
        raise InvalidParameter("reason", f"1 to {LONGEST_REASON} characters are needed")
    new = Hold(
        id=next(ids),
        extension=extension,
        reason=why,
        placed_by=str(signed.by),
        placed_ms=signed.at_ms,
    )
    await store.transact(lambda: holds.place(account_id, new, signed), account_id)
    return new


async def release(store: Store, account_id: AccountId, id: int, signed: Signature) -> Hold:
    """Release a hold; others on the same mailbox stand.  Raises `NotFound("holdId")`."""
    return await store.transact(lambda: holds.release(account_id, id, signed), account_id)


async def listed(store: Store, account_id: AccountId, *, released: bool = False) -> list[Hold]:
    """The holds that stand, oldest first; with `released` also those that no longer do."""
    found: list[Hold] = []
    where = {"account_id": account_id, "all": int(released), "limit": PAGE}
    while rows := await store.fetch(holds.LIST, **where, behind=found[-1].id if found else 0):
        found += holds.holds_of(rows)
    return found
