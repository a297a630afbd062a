"""`postroom export`: an account's messages as files that can be proved, and imported."""

import argparse
import sys
import time
from pathlib import Path

from postroom.cli import Commands, options
from postroom.cli.office import Office, Refused, in_office

INCOMPLETE = 3
"""The exit status when something could not be read and is listed."""
EVERY = 2.0
"""Seconds between two lines of progress."""


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("export", help="write messages into files, while the server runs")
    options.add_settings(parser)
    parser.add_argument(
        "--account", type=options.id_number, metavar="ID", help="which, where there are several"
    )
    parser.add_argument(
        "--extension",
        action="append",
        default=[],
        metavar="NUMBER",
        help="only this one, by number or id; may be repeated",
    )
    parser.add_argument("--since", metavar="TIME", help="from this creation time on (ISO 8601)")
    parser.add_argument("--until", metavar="TIME", help="up to this creation time; else now")
    parser.add_argument("target", type=Path, metavar="TARGET", help="a new directory, or NAME.zip")
    parser.set_defaults(run=in_office(export))


class Progress:
    """Tells on standard error how far it is, not too often."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, number: str, done: int) -> None:
        """So many messages of an extension are done."""
        if time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            print(f"extension {number}: {done} messages", file=sys.stderr, flush=True)


def moment(name: str, spelled: str | None, otherwise: int) -> int:
    """Unix milliseconds of an option.  Raises `Refused`."""
    from postroom.wire import times

    if spelled is None:
        return otherwise
    found = times.parse(spelled)
    if found is None:
        raise Refused(f"{name}: {spelled} is no time such as 2024-05-31T12:00:00Z")
    return found


async def export(office: Office, arguments: argparse.Namespace) -> int:
    """Write the export; its exit status."""
    from postroom.app import stores, transfer
    from postroom.mailbox import holding
    from postroom.mailbox.walking import EARLIEST, Stretch

    now = office.clock()
    since = moment("--since", arguments.since, EARLIEST)
    until = moment("--until", arguments.until, now)
    if since > until:
        raise Refused("--since is later than --until")
    company = await office.company()
    exported = await transfer.export(
        office.store,
        stores.blobs(office.settings),
        company.account_id,
        arguments.target,
        extensions=arguments.extension,
        stretch=Stretch(since, until),
        now_ms=now,
        tell=Progress(),
    )
    manifest = exported.manifest
    print(f"{manifest.messages} messages and {manifest.attachments} attachments are in ", end="")
    print(arguments.target)
    print(f"sha256 of the manifest: {exported.sha256}")
    if holds := await holding.listed(office.store, company.account_id, released=False):
        print(f"postroom: {len(holds)} legal holds stand, and are not in it", file=sys.stderr)
    if manifest.errors:
        print(f"postroom: {manifest.errors} things are missing: see errors.jsonl", file=sys.stderr)
        return INCOMPLETE
    return 0
