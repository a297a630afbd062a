"""Answers to requests with several ids: 207 in both representations.

Source: wire.md 0.6.  The boundary is unquoted, begins with `Boundary` and stands last, because
clients cut it out of the header with a pattern.
"""

from collections.abc import Sequence
from http import HTTPStatus

import msgspec

MULTIPART_JSON = "application/vnd.ringcentral.multipart+json"


class PartAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one id; `body` is JSON."""

    id: str
    href: str
    status: int
    body: bytes


class _Part(msgspec.Struct, kw_only=True, rename="camel"):
    resource_id: str
    status: int
    body: msgspec.Raw


class _Head(msgspec.Struct, kw_only=True, rename="camel"):
    href: str
    status: int
    response_description: str


class _Heads(msgspec.Struct):
    response: list[_Head]


def as_json(parts: Sequence[PartAnswer]) -> tuple[str, bytes]:
    """Content type and body of the JSON representation."""
    items = [
        _Part(resource_id=part.id, status=part.status, body=msgspec.Raw(part.body))
        for part in parts
    ]
    return MULTIPART_JSON, msgspec.json.encode(items)


def as_multipart(parts: Sequence[PartAnswer], unique: str) -> tuple[str, bytes]:
    """Content type and body of the multipart representation: the statuses, then each body."""
    heads = _Heads(
        [
            _Head(
                href=part.href,
                status=part.status,
                response_description=HTTPStatus(part.status).phrase,
            )
            for part in parts
        ]
    )
    boundary = f"Boundary_{unique}"
    while any(boundary.encode() in part.body for part in parts):
        boundary += "_"
    bodies = [msgspec.json.encode(heads), *(part.body for part in parts)]
    chunks = [
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode() + body + b"\r\n"
        for body in bodies
    ]
    return f"multipart/mixed; boundary={boundary}", b"".join(chunks) + f"--{boundary}--".encode()
