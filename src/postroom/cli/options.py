"""Options that several commands share, and how they become settings."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from postroom.config import Settings, load
from postroom.model.ids import MAX_ID


def id_number(spelled: str) -> int:
    """An id on the command line; argparse tells what is wrong with one that is none."""
    if not (spelled.isascii() and spelled.isdigit()) or int(spelled[:20]) > MAX_ID:
        raise argparse.ArgumentTypeError(f"{spelled!r} is no id: a number up to {MAX_ID} is wanted")
    return int(spelled)


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add `--config`."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="the TOML file of settings")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add `--config` and `--data`; `settings` reads them."""
    add_config(parser)
    parser.add_argument("--data", metavar="DIR", help="the data directory ([store] data)")


def settings(
    arguments: argparse.Namespace, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> Settings:
    """The settings of the file, the environment and the command line.

    `overrides` are what further options of a command say: `{"server": {"listen": ...}}`; `None` as
    a value says nothing.  Raises `ConfigError`.
    """
    given = {"store": {"data": arguments.data}} | dict(overrides or {})
    return load(arguments.config, os.environ, {name: _said(keys) for name, keys in given.items()})


def _said(keys: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in keys.items() if value is not None}
