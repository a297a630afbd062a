"""What can be wrong with a configuration, told by the name of the key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend.

    `key` is spelled `[section] key`; `origin` says where the value was given; `hint` is a name that
    was perhaps meant.
    """

    key: str
    origin: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        meant = f"; did you mean {self.hint}?" if self.hint else ""
        return f"{self.key}: found {self.found} ({self.origin}), expected {self.expected}{meant}"


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` are all that were found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def spelled(path: Sequence[str]) -> str:
    """A path as it stands in the file: `("carriers", "acme", "port")` is `[carriers.acme] port`."""
    *section, key = path
    return f"[{'.'.join(section)}] {key}" if section else f"[{key}]"


def missing(path: Sequence[str], expected: str) -> Mistake:
    """A key that must be given and is not."""
    return Mistake(key=spelled(path), origin="nowhere given", found="nothing", expected=expected)


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that was perhaps meant, or nothing."""
    return next(iter(get_close_matches(name, list(known), n=1)), "")


def shown(value: object) -> str:
    """A value as it was found, with its kind."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'the text "{value}"'
        case int() | float():
            return f"the number {value}"
        case list():
            return f"the list {value}"
        case dict():
            return "a table" if value else "an empty table"
        case _:
            return f"{value}"
