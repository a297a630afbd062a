"""Ranges and tags of requests for content.

Source: RFC 9110 13.1.2, 14.
"""

import re
from typing import NamedTuple

from postroom.model.errors import RangeNotSatisfiable

_SINGLE = re.compile(r"bytes\s*=\s*(?:([0-9]{1,18})\s*-\s*([0-9]{1,18})?|-\s*([0-9]{1,18}))\s*")


class Span(NamedTuple):
    """The octets from `start` up to `end`, not including it; `is_whole` when none are asked for."""

    start: int
    end: int
    is_whole: bool = False


def span_of(header: str, size: int) -> Span:
    """The octets that a `Range` header asks for; several ranges, or none that is one, mean all.

    Raises `RangeNotSatisfiable` when they lie behind the end.
    """
    match = _SINGLE.fullmatch(header.strip().lower())
    if match is None:
        return Span(0, size, is_whole=True)
    first, last, suffix = (None if digits is None else int(digits) for digits in match.groups())
    if suffix is not None:
        start, end = max(size - suffix, 0), size
    else:
        start = first or 0
        if last is not None and last < start:
            return Span(0, size, is_whole=True)
        end = size if last is None else min(last + 1, size)
    if start >= size or end <= start:
        raise RangeNotSatisfiable(size)
    return Span(start, end)


def is_tagged(header: str, tag: str) -> bool:
    """Whether an `If-None-Match` header names the tag, weakly compared, or `*`."""
    named = [one.strip().removeprefix("W/") for one in header.split(",")]
    return tag in named or "*" in named
