"""`postroom audit`: what was done by whom, and the proof that the log is whole."""

import argparse
import re

import msgspec

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of
from postroom.directory import auditing
from postroom.directory.auditing import Wanted
from postroom.model.audit import THE_HOUSE, Act, Broken, Head
from postroom.model.ids import AccountId, ExtensionId
from postroom.wire import times
from postroom.wire.hold_info import entry_info

HEAD = re.compile(r"(?P<number>\d{1,18}):(?P<hash>[0-9a-f]{64})")


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("audit", help="what was done by whom, and whether it is all there")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verifying = add_action(actions, "verify", "prove that no entry is edited or missing", verify)
    verifying.add_argument(
        "--expect", metavar="NUMBER:HASH", help="an end that was noted elsewhere before"
    )
    listing = add_action(actions, "list", "print entries as JSON lines, oldest first", list_entries)
    listing.add_argument("--since", metavar="TIME", help="ISO 8601, such as 2026-01-31")
    listing.add_argument("--act", choices=[act.value for act in Act], help="one kind of act")
    listing.add_argument("--extension", help="by or about this extension number, or id:ID")


async def verify(office: Office, arguments: argparse.Namespace) -> None:
    """Walk every chain, or the one that `--account` names; status 1 when one is broken."""
    noted = None if arguments.expect is None else _noted(arguments.expect)
    accounts = await _accounts(office)
    if noted is not None and len(accounts) > 1:
        raise Refused("--expect is about one chain; choose it with --account")
    broken = 0
    for account_id in accounts:
        try:
            head = await auditing.verify(office.store, account_id, noted)
        except Broken as error:
            broken += 1
            print(f"account {account_id}: BROKEN at {error}")
        else:
            print(f"account {account_id}: OK, {head.number} entries, head {head}")
    if broken:
        raise Refused(f"{broken} of {len(accounts)} chains cannot be believed")


async def _accounts(office: Office) -> list[AccountId]:
    known = {id for id, _ in await office.accounts()}
    everything = sorted(known.union(await auditing.chains(office.store)))
    if office.account is None:
        return everything
    if office.account not in everything:
        raise Refused(f"there is no account {office.account}")
    return [AccountId(office.account)]


def _noted(spelled: str) -> Head:
    match = HEAD.fullmatch(spelled.strip().lower())
    if match is None:
        raise Refused("--expect wants a number, a colon and 64 hexadecimal digits")
    return Head(int(match["number"]), bytes.fromhex(match["hash"]))


async def list_entries(office: Office, arguments: argparse.Namespace) -> None:
    """Print the entries of an account; `--account 0` is the house's own chain."""
    since = 0 if arguments.since is None else times.parse(arguments.since)
    if since is None:
        raise Refused(f"{arguments.since} is no time such as 2026-01-31T10:00:00Z")
    wanted = Wanted(
        account_id=await _account(office),
        since_ms=since,
        act=arguments.act,
        extension=await _extension(office, arguments.extension),
    )
    async for entry in auditing.every(office.store, wanted):
        print(msgspec.json.encode(entry_info(entry)).decode())


async def _account(office: Office) -> AccountId:
    is_house = office.account == THE_HOUSE
    return THE_HOUSE if is_house else (await office.company()).account_id


async def _extension(office: Office, spelled: str | None) -> ExtensionId | None:
    if spelled is None:
        return None
    if spelled.startswith("id:") and spelled[3:].isdigit() and len(spelled) < 22:
        return ExtensionId(int(spelled[3:]))
    return extension_of(await office.company(), spelled).id
