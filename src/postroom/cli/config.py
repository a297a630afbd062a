"""`postroom config`: is the configuration right, and what can be set."""

import argparse
import os
import sys

from postroom.cli import Commands, options
from postroom.config import ConfigError, load
from postroom.config.page import page


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("config", help="check the configuration, or list what can be set")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="explain each mistake by the name of its key")
    options.add_config(checking)
    checking.set_defaults(run=check)
    listing = actions.add_parser("keys", help="print every key, as in docs/configuration.md")
    listing.set_defaults(run=keys)


def check(arguments: argparse.Namespace) -> int:
    """Say what is wrong with the file and the environment, one line per mistake."""
    try:
        load(arguments.config, os.environ, {})
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return 1
    print(f"{arguments.config or 'The environment'}: fine")
    return 0


def keys(arguments: argparse.Namespace) -> int:
    """Print the page of all keys."""
    print(page(), end="")
    return 0
