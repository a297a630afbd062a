"""`postroom sweep`: purge, remove and make room now, or say what would go and why."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, in_office, moment, show
from postroom.cli.options import add_settings
from postroom.model import keeping
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.keeping import DAY_MS, Due
from postroom.model.lifecycle import Step
from postroom.store.database import Store
from postroom.wire.times import parse

if TYPE_CHECKING:
    from postroom.mailbox.due import Account
    from postroom.workers.sweeping import Sweeper

PATIENCE = 60
"""Seconds to wait for another process that is at the same account."""
BECOMES = {Step.PURGE: "purged", Step.FORGET: "removed", Step.EVICT: "deleted"}
CHANGES_DAYS = keeping.CHANGES_KEPT_MS // keeping.DAY_MS
IDS_AT_ONCE = 1_000


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("sweep", help="purge, remove and make room now")
    add_settings(parser)
    parser.add_argument("--account", type=int, metavar="ID", help="only this account")
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and why")
    parser.add_argument("--verbose", action="store_true", help="with --dry-run: name every message")
    parser.add_argument("--at", metavar="TIME", help="as if it were this time: 2026-12-24T18:00Z")
    parser.add_argument("--json", action="store_true", help="with --dry-run: print JSON")
    parser.set_defaults(run=in_office(sweep))


async def sweep(office: Office, arguments: argparse.Namespace) -> None:
    """Sweep, or say what would be swept."""
    from postroom.app import stores
    from postroom.mailbox import due

    clock = _clock(office, arguments.at)
    sweeper = stores.sweeper(office.settings, office.store, stores.blobs(office.settings), clock)
    accounts = [
        account
        async for account in due.accounts(office.store, sweeper.ageing.house)
        if arguments.account in (None, account.id)
    ]
    if arguments.account is not None and not accounts:
        raise Refused(f"there is no account {arguments.account}")
    if arguments.dry_run:
        await _tell(office, accounts, clock(), arguments)
    else:
        await _sweep(sweeper, accounts)


def _clock(office: Office, at: str | None) -> Callable[[], int]:
    if at is None:
        return office.clock
    moment = parse(at)
    if moment is None:
        raise Refused(f"{at} is no time; write 2026-12-24T18:00Z")
    return lambda: moment


# -- doing -----------------------------------------------------------------------------------


async def _sweep(sweeper: "Sweeper", accounts: "list[Account]") -> None:
    moved = 0
    for account in accounts:
        moved += await _finished(sweeper, account)
    orphans = await sweeper.orphans()
    pages = await sweeper.reclaim()
    print(f"{moved} messages, changes and objects moved on")
    print(f"{orphans} objects without a message erased")
    if pages:
        print(f"{pages} pages given back to the disk")


async def _finished(sweeper: "Sweeper", account: "Account") -> int:
    """Sweep one account until nothing is left, also beside a server that is at it."""
    from postroom.mailbox import due

    moved, waited = 0, 0
    while waited < PATIENCE:
        done = await sweeper.turn(account, thorough=True)
        if done is None:
            waited += 1
            await asyncio.sleep(1)
        elif not done:
            return moved
        else:
            moved += done
            now = await due.account(sweeper.ageing.store, sweeper.ageing.house, account.id)
            account = now or account
    raise Refused(f"account {account.id} is being swept by another process all the time")


# -- telling ---------------------------------------------------------------------------------


class Going(NamedTuple):
    """Some rows that would move on: of which extension, what becomes of them, and why."""

    extension: ExtensionId | None
    becomes: str
    number: int
    why: str
    ids: Sequence[int] = ()


async def _tell(
    office: Office, accounts: "list[Account]", now_ms: int, arguments: argparse.Namespace
) -> None:
    rows = []
    for account in accounts:
        company = await office.companies.get(account.id)
        async for going in _going(office.store, account, now_ms, verbose=arguments.verbose):
            extension = None if going.extension is None else company.extensions.get(going.extension)
            row: dict[str, object] = {
                "account": account.id,
                "extension": extension.number if extension else going.extension,
                "becomes": going.becomes,
                "count": going.number,
                "why": going.why,
            }
            rows.append(row | ({"ids": list(going.ids)} if arguments.verbose else {}))
    show(arguments, rows)


async def _going(
    store: Store, account: "Account", now_ms: int, *, verbose: bool
) -> AsyncIterator[Going]:
    from postroom.mailbox import due

    for one in keeping.due(account.keeping, now_ms):
        ids = await _ids(store, account, one) if verbose else {}
        for owner, count, since in await due.counted(store, account, one):
            why = _why(one, now_ms, since)
            yield Going(owner, BECOMES[one.step], count, why, ids.get(owner, ()))
    async for owner, over in due.full(store, account, thorough=True):
        for folder, count in over:
            why = f"quota: {folder.most(account.keeping)} {folder.name}"
            some = await due.oldest(store, account, owner, folder, count, {}) if verbose else ()
            yield Going(owner, BECOMES[folder.step], count, why, some)
    changes, objects = await due.unseen(store, account, now_ms)
    if changes:
        yield Going(None, "forgotten", changes, f"changes older than {CHANGES_DAYS} days")
    if objects:
        yield Going(None, "erased", objects, "objects of purged messages")


async def _ids(store: Store, account: "Account", one: Due) -> dict[ExtensionId, list[MessageId]]:
    from postroom.mailbox import due

    ids: dict[ExtensionId, list[MessageId]] = {}
    async for owned in due.aged(store, account, one, IDS_AT_ONCE):
        for owner, some in owned.items():
            ids.setdefault(owner, []).extend(some)
    return ids


def _why(one: Due, now_ms: int, since_ms: int) -> str:
    days = (now_ms - one.before_ms) // DAY_MS
    return f"{one.reason.value} {days} days ago or more, the first {moment(since_ms)}"
