"""`postroom version`: which release this is."""

import argparse
from importlib.metadata import version

from postroom.cli import Commands


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("version", help="print the version")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the version."""
    print(version("postroom"))
    return 0
