"""Sync tokens as text: signed, so that nobody can make one, and safe in a URL.

Source: wire.md 2.9.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from postroom.model.sync import SyncToken

LONGEST = 4096
SIGNATURE_OCTETS = 16
_PURPOSE = b"postroom sync 1\0"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(SyncToken)


def encode(token: SyncToken, key: bytes) -> str:
    """A token as text."""
    content = _ENCODER.encode(token)
    return urlsafe_b64encode(_signature(content, key) + content).rstrip(b"=").decode()


def decode(text: str, key: bytes) -> SyncToken | None:
    """What a token says; `None` when it was not made with this key, or is damaged."""
    if len(text) > LONGEST:
        return None
    try:
        octets = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    signature, content = octets[:SIGNATURE_OCTETS], octets[SIGNATURE_OCTETS:]
    if not hmac.compare_digest(signature, _signature(content, key)):
        return None
    try:
        return _DECODER.decode(content)
    except msgspec.MsgspecError:
        return None


def _signature(content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + content, "sha256")[:SIGNATURE_OCTETS]
