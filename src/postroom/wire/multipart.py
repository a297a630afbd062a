"""Multipart bodies as the SDKs send them: an envelope of JSON, and attachments.

The envelope is the first part of type JSON, or the first with one of the known names; the parts
may be form-data, mixed or related.  Read in one pass: what a client sends cannot make it slow.

Source: wire.md 6.3.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from collections.abc import Callable, Iterator
from urllib.parse import unquote

import msgspec

from postroom.model.errors import UnparsableRequest

ENVELOPES = frozenset({"json", "request.json", "metadata", "body"})
MOST_PARTS = 100
LONGEST_HEAD = 16_384

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^";,\s]{1,200}))', re.IGNORECASE)
_BLANK_LINE = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_PARAMETER = re.compile(r';\s*([\w.-]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')
_ESCAPED = re.compile(r"\\(.)")

DECODERS: dict[str, Callable[[bytes], bytes]] = {"base64": a2b_base64, "quoted-printable": a2b_qp}
Headers = dict[str, str]


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

    Raises `UnparsableRequest` when there is no boundary, not one part, or too many.
    """
    found = [_part(section) for section in _sections(content_type, body)]
    if not found:
        raise UnparsableRequest("The multipart body has no parts")
    first = next((part for part in found if _is_envelope(part)), None)
    rest = tuple(part for part in found if part is not first and part.content)
    return Multipart(envelope=None if first is None else first.content, parts=rest)


def _sections(content_type: str, body: bytes) -> Iterator[bytes]:
    """What stands between the delimiters, which begin a line; only the last one may not."""
    named = _BOUNDARY.search(content_type)
    if named is None:
        raise UnparsableRequest("The multipart content type has no boundary")
    dashed = b"--" + (named[1] or named[2]).encode("latin-1", "replace")
    delimiter = re.compile(rb"(?:\A|\r?\n)" + re.escape(dashed) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    begin = -1
    for number, match in enumerate(delimiter.finditer(body)):
        if number > MOST_PARTS:
            raise UnparsableRequest(f"The multipart body has more than {MOST_PARTS} parts")
        if begin >= 0:
            yield body[begin : match.start()]
        if match[1]:
            return
        begin = match.end()
    if begin >= 0:
        yield body[begin:].partition(dashed + b"--")[0]


def _part(section: bytes) -> Part:
    """One part; what follows the delimiter's line are headers up to an empty line."""
    content = section.removeprefix(b"\r").removeprefix(b"\n")
    blank = _BLANK_LINE.search(content, 0, LONGEST_HEAD)
    if blank is None:
        raise UnparsableRequest("A part of the multipart body has no end of headers")
    headers = _headers(content[: blank.start()])
    disposition = _parameters(headers.get("content-disposition", ""))
    declared = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Part(
        name=disposition.get("name") or None,
        file_name=disposition.get("filename") or None,
        content_type=declared if "/" in declared else None,
        content=_decoded(headers, content[blank.end() :]),
    )


def _headers(octets: bytes) -> Headers:
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    lines = (line.partition(":") for line in _FOLD.sub(" ", text).splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _parameters(header: str) -> Headers:
    """The parameters of a header by name; one in the extended spelling wins."""
    plain: Headers = {}
    extended: Headers = {}
    for name, quoted, token in _PARAMETER.findall(header):
        value = _ESCAPED.sub(r"\1", quoted) or token.strip()
        if name.endswith("*"):
            extended[name[:-1].lower()] = unquote(value.rpartition("'")[2])
        else:
            plain[name.lower()] = value
    return plain | extended


def _decoded(headers: Headers, content: bytes) -> bytes:
    decoder = DECODERS.get(headers.get("content-transfer-encoding", "").lower())
    try:
        return content if decoder is None else decoder(content)
    except Base64Error as error:
        raise UnparsableRequest("A part of the multipart body is not base64") from error


def _is_envelope(part: Part) -> bool:
    return part.content_type == "application/json" or part.name in ENVELOPES
