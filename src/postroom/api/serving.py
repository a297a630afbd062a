"""Content in an answer: whole or in part, from memory or straight from the store of objects.

It is served so that a browser runs nothing of it.  Source: wire.md 2.8; RFC 9110, ranges and
conditional requests.
"""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from postroom.api.call import Call, Reply, Stream
from postroom.api.ranges import Span, is_tagged, span_of
from postroom.model.errors import NotFound, Unavailable
from postroom.store.blobs import PIECE, Incomplete, pieces

HARMLESS: tuple[tuple[str, str], ...] = (
    ("Accept-Ranges", "bytes"),
    ("Cache-Control", "private, no-cache"),
    ("Content-Security-Policy", "sandbox; default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What is served: its octets, or the key of the object that has them."""

    content_type: str
    size: int
    file_name: str
    octets: bytes = b""
    key: str | None = None


async def serve(
    call: Call[Any, Any], content: Content, tag: str, disposition: str, missing: str
) -> Reply:
    """Answer with the content that the request's headers ask for; it never changes under its tag.

    Raises `NotFound` for the parameter `missing` when the object is gone, `RangeNotSatisfiable`.
    """
    tagged = (*HARMLESS, ("ETag", tag))
    if is_tagged(call.headers.get("if-none-match", ""), tag):
        return Reply(status=304, content_type=None, headers=tagged)
    unchanged = call.headers.get("if-range", tag) == tag
    span = span_of(call.headers.get("range", "") if unchanged else "", content.size)
    body, stream = await _octets(call, content, span, missing)
    status, headers = 200, (*tagged, ("Content-Disposition", disposition))
    if not span.is_whole:
        place = f"bytes {span.start}-{span.end - 1}/{content.size}"
        status, headers = 206, (*headers, ("Content-Range", place))
    return Reply(
        status=status,
        body=body,
        stream=stream,
        content_type=content.content_type,
        headers=headers,
    )


async def _octets(
    call: Call[Any, Any], content: Content, span: Span, missing: str
) -> tuple[bytes, Stream | None]:
    """A piece that is small enough is read at once, a larger one while it is sent."""
    if content.key is None:
        return content.octets[span.start : span.end], None
    reading = pieces(call.counter.blobs, content.key, span.start, span.end)
    try:
        first = await anext(reading, b"")
    except Incomplete as error:
        raise (NotFound(missing) if error.__cause__ is None else Unavailable()) from error
    size = span.end - span.start
    if len(first) == size and size <= PIECE:
        return first, None
    return b"", Stream(size, _chained(first, reading))


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
