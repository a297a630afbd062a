"""JSON bodies, decoded into Structs; what is wrong is named as clients know it.

Source: wire.md 0.4.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from postroom.model.errors import InvalidParameter, Unparsable

_PLACE = re.compile(r" - at `\$(.*)`$")
_MISSING = re.compile(r"missing required field `([^`]+)`")


@lru_cache(maxsize=None)
def decoder(wanted: Any) -> "msgspec.json.Decoder[Any]":
    """The decoder of one type."""
    return msgspec.json.Decoder(wanted)


def decode(wanted: Any, octets: bytes) -> Any:
    """The body as a value.

    Raises `Unparsable` when it is not JSON, `InvalidParameter` when it is of another shape.
    """
    try:
        return decoder(wanted).decode(octets or b"{}")
    except msgspec.ValidationError as error:
        raise InvalidParameter(_name(str(error)), _why(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Unparsable("The request body is not valid JSON") from error


def _name(text: str) -> str:
    place = _PLACE.search(text)
    path = re.sub(r"\[[^\]]*\]", "", place[1]).strip(".") if place else ""
    missing = _MISSING.search(text)
    return ".".join(part for part in (path, missing[1] if missing else "") if part) or "body"


def _why(text: str) -> str:
    sentence = _PLACE.sub("", text)
    return "it is required" if _MISSING.search(text) else sentence[:1].lower() + sentence[1:]
