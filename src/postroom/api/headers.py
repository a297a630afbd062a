"""Headers in and out: a small mapping of what came, and what browsers want for another origin.

Source: wire.md 0.3, CORS.
"""

from collections.abc import Iterable

from postroom.api.call import Reply

ALLOWED_METHODS = b"GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
ALLOWED_HEADERS = (
    b"authorization, content-type, x-user-agent, client-id, discovery-tag, accept, range, "
    b"idempotency-key, rcrequestid, x-request-id, x-http-method-override"
)
EXPOSED_HEADERS = (
    b"retry-after, x-rate-limit-group, x-rate-limit-limit, x-rate-limit-remaining, "
    b"x-rate-limit-window, rcrequestid, discovery-required, content-disposition, content-type, "
    b"content-length, content-range, accept-ranges, etag, idempotent-replayed"
)


READ = (
    "accept",
    "access-control-request-method",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "idempotency-key",
    "if-none-match",
    "if-range",
    "origin",
    "range",
    "user-agent",
    "x-http-method-override",
    "x-user-agent",
)
"""The headers that are read at all."""
_NAMES = {name.encode(): name for name in READ}


class Head(dict[str, str]):
    """The headers of a request that are read, by lower-case name; of repeated ones the last."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        for name, value in raw:
            if (known := _NAMES.get(name)) is not None:
                self[known] = value.decode("latin-1")


def cors(origin: str) -> list[tuple[bytes, bytes]]:
    """What a browser wants to see before it shows an answer to a page of another origin.

    Never `*`: the JS SDK sends credentials.
    """
    return [
        (b"access-control-allow-origin", origin.encode("latin-1", "replace")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED_HEADERS),
        (b"vary", b"Origin"),
    ]


def preflight(head: Head) -> Reply:
    """The answer to a browser that asks whether it may."""
    return Reply(
        status=204,
        content_type=None,
        headers=(
            ("Access-Control-Allow-Methods", ALLOWED_METHODS.decode()),
            ("Access-Control-Allow-Headers", ALLOWED_HEADERS.decode()),
            ("Access-Control-Max-Age", "600"),
        ),
    )
