"""The rules of logging in: grants, lifetimes, proofs, repetition and lock-out, as pure functions.

Source: wire.md 1.1, 1.3; RFC 6749; RFC 7636.
"""

import re
from base64 import urlsafe_b64encode
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest

import msgspec

SECOND = 1000
ACCESS_TTL_BOUNDS = (600, 3600)
REPEAT_AFTER_USE_MS = 10 * SECOND
REPEAT_UNUSED_MS = 3600 * SECOND

FREE_FAILURES = 5
FIRST_LOCK_MS = 60 * SECOND
LONGEST_LOCK_MS = 3600 * SECOND
FAILURES_FORGOTTEN_MS = 24 * 3600 * SECOND

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{1,128}")
"""What a PKCE challenge and verifier are made of.  Source: RFC 7636 4.1, 4.2."""


class Grant(StrEnum):
    """The ways to get a token, spelled as on the wire."""

    PASSWORD = "password"
    JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An application that may ask for tokens.

    `secret_hash` is the hexadecimal SHA-256 of its secret; a public app has none.  `scopes` are in
    the order in which they are told.
    """

    client_id: str
    name: str
    secret_hash: str | None
    scopes: tuple[str, ...]
    grants: frozenset[Grant]
    redirect_uris: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether it runs where it cannot keep a secret."""
        return self.secret_hash is None

    @property
    def refreshes(self) -> bool:
        """Whether it is given refresh tokens."""
        return Grant.REFRESH_TOKEN in self.grants


def granted_scopes(app: App, asked: str | None) -> tuple[str, ...]:
    """What is granted of the scopes asked for, separated by spaces: all when none are named."""
    if asked is None:
        return app.scopes
    names = frozenset(asked.split())
    return tuple(scope for scope in app.scopes if scope in names)


# -- lifetimes -------------------------------------------------------------------------------


def access_ttl(asked: str | None, default: int) -> int:
    """Seconds: what is out of range is clamped, what is no number is the default."""
    seconds = _seconds(asked)
    least, most = ACCESS_TTL_BOUNDS
    return default if seconds is None else min(max(seconds, least), most)


def refresh_ttl(asked: str | None, default: int) -> int:
    """Seconds: never more than the default; what is no number above zero is the default."""
    seconds = _seconds(asked)
    return min(seconds, default) if seconds is not None and seconds > 0 else default


def _seconds(asked: str | None) -> int | None:
    """A number of seconds, capped; the JS SDK may say `NaN`."""
    if asked is None or not re.fullmatch(r"-?[0-9]{1,18}", asked):
        return None
    return int(asked)


# -- proofs ----------------------------------------------------------------------------------


class ChallengeMethod(StrEnum):
    """How a code challenge was made from its verifier."""

    PLAIN = "plain"
    S256 = "S256"


def proves(verifier: str | None, challenge: str | None, method: str | None) -> bool:
    """Whether the verifier belongs to the challenge; where none was given, none may be shown.

    Source: RFC 7636 4.6; the second half keeps a stolen code from being used without its proof.
    """
    if challenge is None or verifier is None:
        return challenge is None and verifier is None
    if not UNRESERVED.fullmatch(verifier):
        return False
    made = verifier
    if method == ChallengeMethod.S256:
        made = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    return compare_digest(made, challenge)


# -- repetition ------------------------------------------------------------------------------


def may_repeat(replaced_ms: int, first_used_ms: int | None, now: int) -> bool:
    """Whether a replaced refresh token still gives the tokens that it was replaced by.

    Until 10 s after the new access token's first use, or for an hour while nobody uses it.
    """
    if first_used_ms is not None:
        return now <= first_used_ms + REPEAT_AFTER_USE_MS
    return now <= replaced_ms + REPEAT_UNUSED_MS


# -- lock-out --------------------------------------------------------------------------------


class Failures(msgspec.Struct, frozen=True):
    """Failed passwords in a row for one name, and when the last one was."""

    count: int = 0
    last_ms: int = 0

    def locked_ms(self, now: int) -> int:
        """For how long the name is still locked: a minute at first, twice as long each time."""
        if self.count < FREE_FAILURES:
            return 0
        lock = min(FIRST_LOCK_MS << min(self.count - FREE_FAILURES, 16), LONGEST_LOCK_MS)
        return max(self.last_ms + lock - now, 0)

    def one_more(self, now: int) -> "Failures":
        """After another failure; those of long ago no longer count."""
        is_old = now - self.last_ms > FAILURES_FORGOTTEN_MS
        return Failures(1 if is_old else self.count + 1, now)


# -- who is meant ----------------------------------------------------------------------------


class Username(msgspec.Struct, frozen=True):
    """What somebody typed as their name, in one spelling: a name, and perhaps an extension number.

    The name is an e-mail address in small letters, or a number in E.164, or neither.
    """

    name: str
    extension: str | None

    @property
    def is_email(self) -> bool:
        """Whether the name is an e-mail address."""
        return "@" in self.name


def username(typed: str, extension: str | None = None) -> Username:
    """Read a username: `ben@example.com`, `+16505550100`, `16505550100*101`, or with an extension.

    Source: wire.md 1.1, the password grant.
    """
    name, star, behind = typed.partition("*")
    number = (behind if star else extension or "").strip() or None
    digits = re.sub(r"[\s+().-]", "", name)
    is_number = digits.isascii() and digits.isdigit()
    return Username(f"+{digits}" if is_number else name.strip().lower(), number)
