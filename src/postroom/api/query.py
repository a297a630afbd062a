"""Query strings, read leniently: repeated keys, empty values as absent, booleans in any case.

Source: wire.md 0.2.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from postroom.model.errors import InvalidParameter, UnparsableRequest
from postroom.wire import paging, times

MAX_FIELDS = 2000
LAST_PAGE = 2**31 - 1


Moment = NewType("Moment", int)
"""Unix milliseconds, read from any prefix of ISO 8601."""

Page = NewType("Page", int)
"""The number of a page, from 1."""

PerPage = NewType("PerPage", int)
"""How many records a page has; more than the most, `max` and `all` mean the most."""

Count = NewType("Count", int)
"""How many there shall be, from 1."""

Id = NewType("Id", str)
"""An id as clients spell it: digits, or `~` for the caller's own."""


class PageQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which page of a list.  Source: wire.md 0.3."""

    page: Page = Page(1)
    per_page: PerPage = PerPage(paging.PER_PAGE)


Convert = Callable[[str], Any]


def parse(raw: bytes) -> dict[str, list[str]]:
    """The values of each key, in order; empty ones are left out."""
    if not raw:
        return {}
    try:
        pairs = parse_qsl(raw.decode("utf-8"), errors="strict", max_num_fields=MAX_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise UnparsableRequest("The query string cannot be read") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def convert(wanted: type[msgspec.Struct], values: dict[str, list[str]]) -> Any:
    """The query as a Struct; raises `InvalidParameter` with the name of what is wrong."""
    arguments: dict[str, Any] = {}
    for name, field, read, is_list in _readers(wanted):
        given = values.get(name)
        if given is None:
            continue
        try:
            arguments[field] = tuple(read(one) for one in given) if is_list else read(given[-1])
        except (ValueError, KeyError) as error:
            raise InvalidParameter(name) from error
    try:
        return wanted(**arguments)
    except TypeError as error:
        missing = str(error).rpartition("'")[0].rpartition("'")[2]
        raise InvalidParameter(_spelled(wanted, missing), "it is required") from error


def _spelled(wanted: type[msgspec.Struct], field: str) -> str:
    fields = {one.name: one.encode_name for one in msgspec.structs.fields(wanted)}
    return fields.get(field, field)


@cache
def _readers(wanted: type[msgspec.Struct]) -> list[tuple[str, str, Convert, bool]]:
    hints = get_type_hints(wanted)
    return [
        (field.encode_name, field.name, *_reader(hints[field.name]))
        for field in msgspec.structs.fields(wanted)
    ]


def _reader(hint: Any) -> tuple[Convert, bool]:
    if get_origin(hint) in (UnionType, Union):
        [hint] = [one for one in get_args(hint) if one is not NoneType]
    if get_origin(hint) is tuple:
        return _single(get_args(hint)[0]), True
    return _single(hint), False


def _single(hint: Any) -> Convert:
    if hint in READERS:
        return READERS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _integer if getattr(hint, "__supertype__", None) is int else str


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _integer(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 19:
        raise ValueError(text)
    return int(text)


def _moment(text: str) -> Moment:
    unix_ms = times.parse(text)
    if unix_ms is None:
        raise ValueError(text)
    return Moment(unix_ms)


def _page(text: str) -> Page:
    number = _integer(text)
    if not 1 <= number <= LAST_PAGE:
        raise ValueError(text)
    return Page(number)


def _per_page(text: str) -> PerPage:
    if text.lower() in ("max", "all"):
        return PerPage(paging.MAX_PER_PAGE)
    number = _integer(text)
    if number < 1:
        raise ValueError(text)
    return PerPage(min(number, paging.MAX_PER_PAGE))


def _count(text: str) -> Count:
    number = _integer(text)
    if number < 1:
        raise ValueError(text)
    return Count(number)


def _id(text: str) -> Id:
    if text != "~":
        _integer(text)
        if text.startswith("-"):
            raise ValueError(text)
    return Id(text)


READERS: dict[Any, Convert] = {
    bool: _boolean,
    int: _integer,
    Count: _count,
    Id: _id,
    Moment: _moment,
    Page: _page,
    PerPage: _per_page,
}
