"""JSON bodies, decoded into Structs; what is wrong is named as clients know it.

Source: wire.md 0.4.
"""

import re
from functools import cache
from typing import Any

import msgspec

from postroom.model.errors import InvalidParameter, Unparsable, UnsupportedBody

EMPTY = (b"", b"null")
NUL = b"\\u0000"
"""How JSON spells the one character that PostgreSQL keeps nowhere."""

_PLACE = re.compile(r" - at `\$(.*)`$")
_MISSING = re.compile(r"missing required field `([^`]+)`")


JSON_TYPES = frozenset({"application/json", "application/json; charset=utf-8"})
READ_AS_JSON = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
"""Types that clients send with JSON, as their tools do it unless they are told otherwise."""


def check_type(media: tuple[str, ...], header: str | None) -> None:
    """Raises `UnsupportedBody` unless an endpoint that takes `media` reads bodies of this type.

    A missing type is JSON.  Source: wire.md 0.2.
    """
    if header is None or header in JSON_TYPES or "application/json" not in media:
        return
    kind = header.partition(";")[0].strip().lower()
    if kind in media or kind in READ_AS_JSON or kind.endswith("json"):
        return
    parts_welcome = any(one.startswith("multipart/") for one in media)
    if not (parts_welcome and kind.startswith("multipart/")):
        raise UnsupportedBody(kind)


@cache
def decoder(wanted: Any) -> "msgspec.json.Decoder[Any]":
    """The decoder of one type."""
    return msgspec.json.Decoder(wanted)


def decode(wanted: Any, octets: bytes) -> Any:
    """The body as a value; an empty one, or `null`, is an empty object.

    Raises `Unparsable` when it is not JSON in UTF-8, `InvalidParameter` when it is of another shape
    or has a NUL character.
    """
    try:
        if not octets.isascii():
            octets.decode()
        value = decoder(wanted).decode(b"{}" if octets in EMPTY else octets)
    except msgspec.ValidationError as error:
        raise InvalidParameter(_name(str(error)), _why(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Unparsable("The request body is not valid JSON") from error
    if NUL in octets and (place := _nul(msgspec.to_builtins(value))) is not None:
        raise InvalidParameter(place or "body", "it has a NUL character")
    return value


def _nul(value: Any) -> str | None:
    """Where a NUL character is."""
    match value:
        case str():
            return "" if "\0" in value else None
        case dict():
            places = ((name, _nul(part)) for name, part in value.items())
        case list() | tuple():
            places = (("", _nul(part)) for part in value)
        case _:
            return None
    found = next(((name, rest) for name, rest in places if rest is not None), None)
    return None if found is None else ".".join(part for part in found if part)


def _name(text: str) -> str:
    place = _PLACE.search(text)
    path = re.sub(r"\[[^\]]*\]", "", place[1]).strip(".") if place else ""
    missing = _MISSING.search(text)
    return ".".join(part for part in (path, missing[1] if missing else "") if part) or "body"


def _why(text: str) -> str:
    sentence = _PLACE.sub("", text)
    return "it is required" if _MISSING.search(text) else sentence[:1].lower() + sentence[1:]
