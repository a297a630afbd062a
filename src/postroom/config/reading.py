"""From what is given to `Settings`, or to a list of everything that is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from postroom.config.checks import contradictions
from postroom.config.keys import NAMED, SECTIONS, Key, keys_of
from postroom.config.mistakes import ConfigError, Mistake, closest, missing, shown, spelled
from postroom.config.settings import SWITCHED_BY_DEMO, Settings
from postroom.config.sources import Given, in_a_variable, of_environment, of_file, of_mapping

Overrides = Mapping[str, Mapping[str, object]]


def load(path: Path | None, environment: Mapping[str, str], overrides: Overrides) -> Settings:
    """The settings of a file, the environment and the command line; the later wins.

    A `KEY_file` is relative to the configuration file.  Raises `ConfigError` with all mistakes.
    """
    in_file = list(of_file(path)) if path else []
    names = {in_a_variable(given.path[1]): given.path[1] for given in in_file if _is_named(given)}
    reading = Reading(folder=path.parent if path else Path())
    reading.take(in_file)
    reading.take(of_environment(environment, names))
    reading.take(of_mapping(overrides, origin="command line"))
    return reading.settings()


def _is_named(given: Given) -> bool:
    return given.path[0] in NAMED and len(given.path) > 1


@dataclass(slots=True)
class Reading:
    """The values read so far, by path, and the mistakes."""

    folder: Path
    values: dict[tuple[str, ...], object] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def take(self, source: Iterable[Given]) -> None:
        """Read one source; what it gives wins over what was there."""
        taken = set[tuple[str, ...]]()
        for given in source:
            if (key := self._key(given)) is None:
                continue
            plain = self._opened(given, key) if given.path[-1] != key.name else given
            if plain is None:
                continue
            if plain.path in taken:
                self._wrong(given, "a second value", f"either {key.name} or {key.name}_file")
            taken.add(plain.path)
            self._convert(plain, key)

    def _convert(self, given: Given, key: Key) -> None:
        value = _listed(given.value, key) if given.is_text else given.value
        try:
            self.values[given.path] = msgspec.convert(value, key.type, strict=not given.is_text)
        except msgspec.ValidationError:
            found = "a value that is not shown" if key.is_secret else shown(given.value)
            self._wrong(given, found, key.expected)

    def _opened(self, given: Given, key: Key) -> Given | None:
        """The secret in the file that a `KEY_file` names, as if it had been given itself."""
        try:
            if not isinstance(given.value, str):
                raise OSError
            secret = (self.folder / given.value).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self._wrong(given, shown(given.value), "the path of a file that can be read")
            return None
        return replace(given, path=(*given.path[:-1], key.name), value=secret)

    def _key(self, given: Given) -> Key | None:
        """The key that a path names; a secret is also named by `KEY_file`."""
        section, *rest = given.path
        if section not in SECTIONS:
            given = replace(given, path=(section,))
            self._unknown(given, "section", SECTIONS)
            return None
        if len(rest) < (2 if section in NAMED else 1):
            self._wrong(given, shown(given.value), "a table of keys")
            return None
        keys = keys_of(section)
        known = keys | {f"{key.name}_file": key for key in keys.values() if key.is_secret}
        name = "__".join(rest[1 if section in NAMED else 0 :])
        if name not in known:
            self._unknown(given, "key", known)
        return known.get(name)

    def _unknown(self, given: Given, what: str, known: Iterable[str]) -> None:
        hint = closest(given.path[-1], known)
        self._wrong(given, f"an unknown {what}", f"one of {', '.join(known)}", hint)

    def _wrong(self, given: Given, found: str, expected: str, hint: str = "") -> None:
        key = spelled(given.path)
        self.mistakes.append(
            Mistake(key=key, origin=given.origin, found=found, expected=expected, hint=hint)
        )

    def settings(self) -> Settings:
        """All sections put together.  Raises `ConfigError` when there are mistakes."""
        if self.values.get(("demo", "enabled")):
            for given in of_mapping(SWITCHED_BY_DEMO, origin="demo"):
                self.values.setdefault(given.path, given.value)
        sections = {name: self._section(name) for name in SECTIONS}
        if self.mistakes:
            raise ConfigError(self.mistakes)
        settings = msgspec.convert(sections, Settings)
        if mistakes := list(contradictions(settings)):
            raise ConfigError(mistakes)
        return settings

    def _section(self, section: str) -> dict[str, object]:
        if section not in NAMED:
            return self._table((section,))
        names = sorted({path[1] for path in self.values if path[0] == section})
        return {name: self._table((section, name)) for name in names}

    def _table(self, path: tuple[str, ...]) -> dict[str, object]:
        table = {p[-1]: value for p, value in self.values.items() if p[:-1] == path}
        self.mistakes += [missing((*path, key.name), key.expected) for key in _absent(path, table)]
        return table


def _absent(path: tuple[str, ...], table: Mapping[str, object]) -> Iterator[Key]:
    """The keys that must be given and are not."""
    for key in keys_of(path[0]).values():
        if key.default is msgspec.NODEFAULT and key.name not in table:
            yield key


def _listed(value: object, key: Key) -> object:
    """The list that a text stands for: entries with commas between them."""
    if isinstance(value, str) and key.expected.startswith("list of"):
        return [entry.strip() for entry in value.split(",")]
    return value
