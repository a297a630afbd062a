"""`postroom sweep`: purge, remove and make room now, or say what would go and why."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, in_office, show
from postroom.cli.options import add_settings, id_number
from postroom.model import keeping
from postroom.model.ids import ExtensionId
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


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("sweep", help="purge, remove and make room now")
    add_settings(parser)
    parser.add_argument("--account", type=id_number, metavar="ID", help="only this account")
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
        async for going in _going(office.store, account, now_ms):
            extension = None if going.extension is None else company.extensions.get(going.extension)
            row: dict[str, object] = {
                "account": account.id,
                "extension": extension.number if extension else going.extension,
                "becomes": going.becomes,
                "count": going.number,
                "why": going.why,
            }
            rows.append(row | ({"ids": list(going.ids)} if arguments.verbose else {}))
    rows += await _orphans(office, arguments)
    show(arguments, rows)


async def _orphans(office: Office, arguments: argparse.Namespace) -> list[dict[str, object]]:
    """The objects that no message names: of no account, so that it is told of all or none."""
    from postroom.app import stores
    from postroom.mailbox import erasing

    blobs = stores.blobs(office.settings)
    keys = [key async for key in erasing.orphans(office.store, blobs)]
    if not keys:
        return []
    row: dict[str, object] = {
        "account": None,
        "extension": None,
        "becomes": "erased",
        "count": len(keys),
        "why": "objects that no message names",
    }
    return [row | ({"ids": keys} if arguments.verbose else {})]


async def _going(store: Store, account: "Account", now_ms: int) -> AsyncIterator[Going]:
    from postroom.mailbox import due, forecast

    aged = await forecast.ageing(store, account, now_ms)
    for one, owner, ids in aged:
        yield Going(owner, BECOMES[one.step], len(ids), _why(one, now_ms), ids)
    async for folder, owner, ids in forecast.room(store, account, aged):
        why = f"quota: {folder.most(account.keeping)} {folder.name}"
        yield Going(owner, BECOMES[folder.step], len(ids), why, ids)
    changes, objects = await due.unseen(store, account, now_ms)
    if changes:
        yield Going(None, "forgotten", changes, f"changes older than {CHANGES_DAYS} days")
    if objects:
        yield Going(None, "erased", objects, "objects of purged messages")


def _why(one: Due, now_ms: int) -> str:
    return f"{one.reason.value} {(now_ms - one.before_ms) // DAY_MS} days ago or more"
