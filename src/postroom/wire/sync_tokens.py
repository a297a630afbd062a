"""Sync tokens as text: signed, so that nobody can make one, and safe in a URL.

Source: wire.md 2.9.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec

from postroom.model.sync import SyncBundle, SyncToken

LONGEST = 32_768
SIGNATURE_OCTETS = 16
_ENCODER = msgspec.msgpack.Encoder()
_PURPOSES: dict[type[SyncToken] | type[SyncBundle], bytes] = {
    SyncToken: b"postroom sync 1\0",
    SyncBundle: b"postroom sync bundle 1\0",
}
_DECODERS: dict[type[SyncToken] | type[SyncBundle], msgspec.msgpack.Decoder[Any]] = {
    kind: msgspec.msgpack.Decoder(kind) for kind in _PURPOSES
}


def encode(token: SyncToken | SyncBundle, key: bytes) -> str:
    """A token as text."""
    content = _ENCODER.encode(token)
    signature = _signature(_PURPOSES[type(token)], content, key)
    return urlsafe_b64encode(signature + content).rstrip(b"=").decode()


def decode(text: str, key: bytes) -> SyncToken | SyncBundle | None:
    """What a token says; `None` when it was not made with this key, or is damaged."""
    if len(text) > LONGEST:
        return None
    try:
        octets = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    signature, content = octets[:SIGNATURE_OCTETS], octets[SIGNATURE_OCTETS:]
    for kind, purpose in _PURPOSES.items():
        if hmac.compare_digest(signature, _signature(purpose, content, key)):
            return _read(kind, content)
    return None


def _read(
    kind: type[SyncToken] | type[SyncBundle], content: bytes
) -> SyncToken | SyncBundle | None:
    try:
        token: SyncToken | SyncBundle = _DECODERS[kind].decode(content)
    except msgspec.MsgspecError:
        return None
    return token


def _signature(purpose: bytes, content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, purpose + content, "sha256")[:SIGNATURE_OCTETS]
