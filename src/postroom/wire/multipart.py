"""Multipart bodies as the SDKs send them: an envelope of JSON, and attachments.

The envelope is the first part of type JSON, or the first with one of the known names; the parts
may be form-data, mixed or related.  Source: wire.md 6.3.
"""

from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

import msgspec

from postroom.model.errors import UnparsableRequest

ENVELOPES = frozenset({"json", "request.json", "metadata", "body"})


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part that is not the envelope; empty names are absent."""

    name: str | None
    file_name: str | None
    content_type: str | None
    content: bytes


class Multipart(msgspec.Struct, frozen=True, kw_only=True):
    """A request in parts; without an envelope `envelope` is absent."""

    envelope: bytes | None
    parts: tuple[Part, ...]


def parse(content_type: str, body: bytes) -> Multipart:
    """Take a body apart.

    Raises `UnparsableRequest` when there is no boundary, or not one part.
    """
    if "boundary=" not in content_type:
        raise UnparsableRequest("The multipart content type has no boundary")
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(EmailMessage, policy=policy.HTTP).parsebytes(head + body)
    entities = [part for part in message.iter_parts()] if message.is_multipart() else []
    if not entities:
        raise UnparsableRequest("The multipart body has no parts")
    envelope: bytes | None = None
    parts: list[Part] = []
    for entity in entities:
        content = entity.get_payload(decode=True)
        octets = content if isinstance(content, bytes) else b""
        if envelope is None and _is_envelope(entity):
            envelope = octets
        elif octets:
            parts.append(_part(entity, octets))
    return Multipart(envelope=envelope, parts=tuple(parts))


def _is_envelope(entity: MIMEPart) -> bool:
    if entity.get_content_type() == "application/json":
        return True
    name = entity.get_param("name", header="content-disposition")
    return isinstance(name, str) and name in ENVELOPES


def _part(entity: MIMEPart, octets: bytes) -> Part:
    name = entity.get_param("name", header="content-disposition")
    declared = entity.get_content_type() if entity.get("content-type") else None
    return Part(
        name=name if isinstance(name, str) else None,
        file_name=entity.get_filename() or None,
        content_type=declared,
        content=octets,
    )
