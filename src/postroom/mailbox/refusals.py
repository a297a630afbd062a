"""Answers to SMS that a department sent: it may send, but by default it receives none."""

import msgspec

from postroom.model.company import AccountSettings
from postroom.model.conversations import conversation_of
from postroom.model.ids import AccountId, ExtensionId
from postroom.observability import journal, logs
from postroom.store import refusals
from postroom.store.database import Store

DAY_MS = 86_400_000
LOOK_BACK_DAYS = 30
SETTING = "department_takes_sms"

log = logs.get("mailbox.refusals")


async def refused(
    store: Store,
    account_id: AccountId,
    department: ExtensionId,
    number: str,
    peer: str,
    now_ms: int,
) -> None:
    """An SMS from `peer` to a department's number was refused; MSISDNs.

    If it answers one that the department sent, that is counted, and warned of once per number
    and day.
    """
    talked = await store.look(
        refusals.HAS_TALKED,
        account_id=account_id,
        extension_id=department,
        conversation_id=conversation_of(account_id, number, (peer,)),
    )
    if not talked:
        return
    day = now_ms // DAY_MS
    times = await store.transact(lambda: refusals.count(account_id, number, day), account_id)
    if times == 1:
        log.warning(
            "an answer to a department's SMS was refused: the account's setting would take it",
            setting=SETTING,
            account_id=account_id,
            extension_id=department,
            number=journal.masked(number),
        )


async def warn_at_start(store: Store, now_ms: int) -> int:
    """Warn of each number whose answers were refused lately; how many numbers those are."""
    since = now_ms // DAY_MS - LOOK_BACK_DAYS
    times: dict[tuple[AccountId, str], int] = {}
    for account_id, number, _, count, settings in await store.fetch(refusals.SINCE, day=since):
        if not msgspec.json.decode(settings, type=AccountSettings).department_takes_sms:
            times[account_id, number] = times.get((account_id, number), 0) + count
    for (account_id, number), total in times.items():
        log.warning(
            "answers to a department's SMS were refused: the account's setting would take them",
            setting=SETTING,
            account_id=account_id,
            number=journal.masked(number),
            times=total,
            days=LOOK_BACK_DAYS,
        )
    return len(times)
