"""The command line: `postroom COMMAND`, one module per command.

A module `cli/NAME.py` is the command `postroom NAME` when it has this function, which the frame
finds by itself:

    def add_to(commands: Commands) -> None:
        parser = commands.add_parser("name", help="what it does, in a few words")
        parser.add_argument("--at", help="...")
        options.add_settings(parser)              # --config, --data; read with `options.settings`
        parser.set_defaults(run=run)

    def run(arguments: argparse.Namespace) -> int:
        ...                                       # the exit status

`run` does nothing but call what is elsewhere and print.  Only the module of the chosen command is
imported, so a command is as quick as what it imports.  A refusal (`PostroomError`) or a
configuration that cannot be used (`ConfigError`) may pass through: the frame prints it, status 1.
A sub-command is added in the same way to `parser.add_subparsers()`.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from postroom.config import ConfigError
from postroom.model.errors import PostroomError

INTERRUPTED = 130


class Commands(Protocol):
    """What `ArgumentParser.add_subparsers` returns."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:
        """A parser for one more command."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = sys.argv[1:] if argv is None else list(argv)
    arguments = _parser(_wanted(words)).parse_args(words)
    try:
        status: int = arguments.run(arguments)
    except (ConfigError, PostroomError) as error:
        print(f"postroom: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the list has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _wanted(words: Sequence[str]) -> Iterable[str]:
    """The module of the command that is named; all of them when none is."""
    names = [module.name for module in iter_modules(__path__)]
    return [words[0]] if words and words[0] in names else names


def _parser(names: Iterable[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="postroom", description="A messaging server that speaks RingCentral's messaging API."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in names:
        if add_to := getattr(import_module(f"{__name__}.{name}"), "add_to", None):
            add_to(commands)
    return parser
