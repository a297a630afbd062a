"""`postroom import`: an export laid into this server, as often as one likes."""  # noqa: N999

import argparse
import sys
from pathlib import Path

from postroom.cli import Commands, options
from postroom.cli.export import INCOMPLETE, Progress
from postroom.cli.office import Office, in_office


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("import", help="take in an export, while the server runs")
    options.add_settings(parser)
    parser.add_argument("source", type=Path, metavar="SOURCE", help="the directory or ZIP")
    parser.set_defaults(run=in_office(take_in, new=True))


async def take_in(office: Office, arguments: argparse.Namespace) -> int:
    """Take the export in; the exit status."""
    from postroom.app import stores, transfer

    imported = await transfer.import_(
        office.store,
        stores.blobs(office.settings),
        arguments.source,
        clock=office.clock,
        tell=Progress(),
        signed=office.signature,
        problem=lambda why: print(f"postroom: {why}", file=sys.stderr, flush=True),
    )
    manifest, result = imported.manifest, imported.result
    made = "made" if imported.is_new else "there already"
    print(f"account {manifest.account_id} ({manifest.account_name}): {made}")
    print(f"{result.laid} messages laid, {result.there} were there already")
    if result.problems:
        print(f"postroom: {result.problems} things were left out", file=sys.stderr)
        return INCOMPLETE
    return 0
