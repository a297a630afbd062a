"""`postroom backup`: a copy of everything, while the server runs."""

import argparse
from pathlib import Path

from postroom.cli import Commands, options


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("backup", help="copy everything while the server runs")
    options.add_settings(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copy the database to FILE and the objects to FILE.objects."""
    from postroom.app.stores import store_settings
    from postroom.store.backup import back_up, objects_beside

    settings = options.settings(arguments)
    objects = settings.store.objects_directory
    count = back_up(store_settings(settings), arguments.file, objects)
    print(f"the database is in {arguments.file}")
    if objects is None:
        print(f"the objects are in {settings.store.objects}: back the bucket up by its own means")
    elif count:
        print(f"{count} objects are in {objects_beside(arguments.file)}")
    return 0
