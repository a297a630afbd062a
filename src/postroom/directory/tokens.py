"""Tokens, codes and secrets: how they are made, and the hashes that alone are stored.

The successors of a refresh token can be made again from it: they are the HMAC of the old token and
a nonce of its row, so that a repeated request gets the same ones although only hashes are kept.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

TOKEN_OCTETS = 32


def fresh() -> str:
    """A new token, code or secret: 32 random octets in 43 characters."""
    return secrets.token_urlsafe(TOKEN_OCTETS)


def digest(token: str) -> bytes:
    """What is stored of a token: its SHA-256."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def secret_hash(secret: str) -> str:
    """What is stored of an app's secret: its SHA-256, hexadecimal.

    Enough for secrets that are random; people's passwords are for argon2.
    """
    return digest(secret).hex()


def successors(key: bytes, token: str, nonce: bytes) -> tuple[str, str]:
    """The access token and the refresh token that follow a refresh token."""
    return _derived(key, b"access", nonce, token), _derived(key, b"refresh", nonce, token)


def _derived(key: bytes, kind: bytes, nonce: bytes, token: str) -> str:
    octets = hmac.digest(key, b"\0".join((kind, nonce, token.encode())), "sha256")
    return urlsafe_b64encode(octets).decode().rstrip("=")
