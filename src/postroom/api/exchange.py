"""What goes over the wire of one request: its body in, its answer out."""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

from postroom.api.call import JSON_TYPE, Reply
from postroom.api.headers import Head, cors
from postroom.api.limits import Standing
from postroom.model.errors import TooLarge

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

WITHOUT_LENGTH = frozenset({204, 304})
"""Statuses whose answers have no body, and so no length.  Source: RFC 9110 8.6."""


class Disconnected(Exception):
    """The client hung up before its request was whole."""


async def body(receive: Receive, head: Head, limit: int) -> bytes:
    """The whole body.

    Raises `TooLarge`, before anything is read if the client says so itself, and `Disconnected`.
    """
    declared = head.get("content-length")
    if declared is not None and _says_more(declared, limit):
        raise TooLarge(limit)
    event = await receive()
    if event["type"] == "http.request" and not event.get("more_body"):
        whole: bytes = event.get("body", b"")
        if len(whole) > limit:
            raise TooLarge(limit)
        return whole
    return await _pieces(event, receive, limit)


@lru_cache(maxsize=4096)
def _says_more(declared: str, limit: int) -> bool:
    """Whether a declared length is above the limit; what is no number says nothing."""
    is_number = declared.isascii() and declared.isdigit() and len(declared) < 19
    return is_number and int(declared) > limit


async def _pieces(event: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    """A body that comes in several events, the first of which is at hand."""
    chunks: list[bytes] = []
    size = 0
    while True:
        if event["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        chunks.append(chunk)
        if not event.get("more_body"):
            return b"".join(chunks)
        event = await receive()


async def answer(
    send: Send, method: str, head: Head, reply: Reply, standing: Standing | None, request_id: str
) -> None:
    """Send an answer; a HEAD request gets its head only."""
    content_type, octets = reply.content_type, reply.body
    headers = [(b"rcrequestid", request_id.encode()), _LANGUAGE]
    if reply.status not in WITHOUT_LENGTH:
        size = len(octets) if reply.stream is None else reply.stream.size
        headers.append((b"content-length", b"%d" % size))
    if content_type is JSON_TYPE:
        headers.append(_JSON)
    elif content_type is not None:
        headers.append((b"content-type", content_type.encode()))
    if standing is not None:
        headers += standing.headers()
    if origin := head.get("origin"):
        headers += cors(origin)
    if reply.headers:
        headers += [
            (name.lower().encode(), value.encode("latin-1", "replace"))
            for name, value in reply.headers
        ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if method == "HEAD":
        octets = b""
    elif reply.stream is not None:
        async for piece in reply.stream.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": octets})


_JSON = (b"content-type", JSON_TYPE.encode())
_LANGUAGE = (b"content-language", b"en-US")
