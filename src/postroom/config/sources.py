"""Where settings are given: a TOML file, the environment, the command line.

Each becomes a list of `Given`; a later source wins over an earlier one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from postroom.config.keys import NAMED
from postroom.config.mistakes import ConfigError, Mistake

PREFIX = "POSTROOM__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One value for one key; `is_text` when numbers and lists have still to be read out of it.

    `path` is (section, key), or (section, name, key) for a section with names.
    """

    path: tuple[str, ...]
    value: object
    origin: str
    is_text: bool = False


def of_file(path: Path) -> Iterator[Given]:
    """What a TOML file gives.  Raises `ConfigError` when it cannot be read."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([unreadable(path, error)]) from None
    yield from of_mapping(document, origin=f"{path}")


def of_mapping(document: Mapping[str, object], origin: str) -> Iterator[Given]:
    """What a mapping of sections gives."""
    for section, table in document.items():
        for path, values in _tables(section, table):
            if not isinstance(values, dict) or (section in NAMED and not values):
                yield Given(path=path, value=values, origin=origin)
                continue
            for key, value in values.items():
                yield Given(path=(*path, key), value=value, origin=origin)


def _tables(section: str, table: object) -> Iterator[tuple[tuple[str, ...], object]]:
    """A section with its path; a section with names comes apart into one per name."""
    if section in NAMED and isinstance(table, dict):
        for name, values in table.items():
            yield (section, name), values
    else:
        yield (section,), table


def of_environment(environment: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Given]:
    """What variables `POSTROOM__SECTION__KEY` give; an empty one gives nothing.

    `names` turns a name as a variable can spell it into the name in the file: `acme_eu` is
    `[carriers.acme-eu]` when that is there.
    """
    for variable, text in sorted(environment.items()):
        if variable.startswith(PREFIX) and text:
            section, *rest = variable.removeprefix(PREFIX).lower().split("__")
            if section in NAMED and rest:
                rest[0] = names.get(rest[0], rest[0])
            yield Given(path=(section, *rest), value=text, origin=variable, is_text=True)


def in_a_variable(name: str) -> str:
    """A name as a variable can spell it, in lower case."""
    return re.sub("[^a-z0-9]", "_", name.lower())


def unreadable(path: Path, error: Exception) -> Mistake:
    """A file that is not there, may not be read, or is not what it should be."""
    why = error.strerror if isinstance(error, OSError) else str(error)
    return Mistake(key=f"{path}", origin="file", found=f"{why}", expected="a readable TOML file")
