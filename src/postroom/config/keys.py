"""Every key that may be set: its type, its default and its sentence, read off `settings`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args, get_type_hints

import msgspec
from msgspec import inspect

from postroom.config.carrier import Carrier
from postroom.config.section import Section
from postroom.config.settings import SECRETS, Settings

NAMED = {"carriers": Carrier}
"""Sections of which there may be several: `[carriers.NAME]`."""

SECTIONS: dict[str, type[Section]] = {
    name: NAMED.get(name, hint) for name, hint in get_type_hints(Settings).items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of one section.

    `type` keeps its limits, as msgspec reads them; `default` is `msgspec.NODEFAULT` when the key
    must be given.
    """

    section: str
    name: str
    type: object
    default: object
    sentence: str

    @property
    def is_secret(self) -> bool:
        """Whether its value is never shown, and may come from a file."""
        return self.name in SECRETS.get(self.section, ())

    @property
    def expected(self) -> str:
        """What may be given, in words."""
        return in_words(inspect.type_info(self.type))


def keys_of(section: str) -> dict[str, Key]:
    """The keys of a section by name, in the order of `settings`."""
    return {key.name: key for key in _keys(section)}


def _keys(section: str) -> Iterator[Key]:
    hints = get_type_hints(SECTIONS[section], include_extras=True)
    for field in msgspec.structs.fields(SECTIONS[section]):
        hint = hints[field.name]
        yield Key(
            section=section,
            name=field.name,
            type=hint,
            default=field.default,
            sentence=next(m.description for m in get_args(hint)[1:] if m.description),
        )


def in_words(type: inspect.Type) -> str:
    """What a type accepts, for people: `whole number, at least 1`."""
    match type:
        case inspect.Metadata(extra_json_schema={"title": str(title)}):
            return title
        case inspect.Metadata():
            return in_words(type.type)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType():
            return "whole number" + _bounds(at_least=type.ge, at_most=type.le)
        case inspect.FloatType():
            return "number" + _bounds(above=type.gt)
        case inspect.LiteralType():
            return "one of " + ", ".join(f'"{value}"' for value in type.values)
        case inspect.VarTupleType():
            return f"list of: {in_words(type.item_type)}"
        case inspect.StrType(max_length=int(length)):
            return f"text of at most {length} characters"
        case _:
            return "text"


def _bounds(**bounds: float | None) -> str:
    told = (f"{word.replace('_', ' ')} {bound}" for word, bound in bounds.items() if bound)
    return "".join(f", {text}" for text in told)
