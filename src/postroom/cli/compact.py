"""`postroom compact`: write SQLite's file anew, as small as what it holds."""

import argparse

from postroom.cli import Commands, options
from postroom.cli.office import Refused


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("compact", help="write SQLite's file anew, without free space")
    options.add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compact the file; a server beside it answers reads, and its writes wait."""
    from postroom.store.space import compact

    file = options.settings(arguments).store.sqlite_file
    if file is None:
        raise Refused("PostgreSQL compacts itself: VACUUM is its command")
    if not file.exists():
        raise Refused(f"there is no database {file}")
    before, after = compact(file)
    print(f"{file} has {after} octets; it had {before}")
    return 0
