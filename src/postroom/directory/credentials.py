"""JWT credentials: made for an extension, shown once, kept as a hash.

A credential is a JWT signed by this server, as RingCentral's console makes them; clients treat it
as an opaque text that logs its owner in, again and again, until it is revoked or expires.
"""

import secrets
from collections.abc import Callable
from functools import partial

import msgspec
from joserfc import jwt
from joserfc.jwk import OctKey

from postroom.directory.keys import key
from postroom.directory.tokens import digest
from postroom.model.audit import UNSIGNED, Signature
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import credential_rows as rows
from postroom.store.commands import Steps
from postroom.store.database import Store

KEY = "jwt"
ALGORITHM = "HS256"
FAR_MS = 253_402_300_799_000
SECOND = 1000


def new_jwt(
    signing: bytes,
    extension: Extension,
    issuer: str,
    now_ms: int,
    *,
    label: str = "",
    expires_ms: int | None = None,
    signed: Signature = UNSIGNED,
) -> tuple[str, Callable[[], Steps[None]]]:
    """A credential of an extension, and what makes it good."""
    claims = {
        "iss": issuer,
        "sub": str(extension.id),
        "aud": f"{issuer}/restapi/oauth/token",
        "iat": now_ms // SECOND,
        "exp": (expires_ms or FAR_MS) // SECOND,
        "jti": secrets.token_urlsafe(16),
    }
    head = {"alg": ALGORITHM, "typ": "JWT"}
    text = jwt.encode(head, claims, OctKey.import_key(signing), algorithms=[ALGORITHM])
    owner = extension.account_id, extension.id
    return text, partial(rows.add, digest(text), *owner, label, expires_ms, now_ms, signed)


async def add_jwt(
    store: Store,
    extension: Extension,
    issuer: str,
    clock: Callable[[], int],
    *,
    label: str = "",
    expires_ms: int | None = None,
    signed: Signature = UNSIGNED,
) -> str:
    """A new credential of an extension; this is the only time that it is shown."""
    signing, now = await key(store, KEY), clock()
    text, steps = new_jwt(
        signing, extension, issuer, now, label=label, expires_ms=expires_ms, signed=signed
    )
    await store.transact(steps)
    return text


async def revoke_jwt(
    store: Store,
    extension: Extension,
    clock: Callable[[], int],
    *,
    label: str | None = None,
    signed: Signature = UNSIGNED,
) -> int:
    """Revoke an extension's credentials of a label, or all of them; how many there were.

    The sessions that they opened end at once.
    """
    now = clock()
    whose = extension.account_id, extension.id
    return await store.transact(lambda: rows.revoke(*whose, label, now, signed))


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a credential; its text is not."""

    extension_id: ExtensionId
    label: str
    created_ms: int
    expires_ms: int | None
    revoked_ms: int | None


async def jwts(store: Store, account_id: AccountId) -> list[Credential]:
    """The credentials of an account, oldest first."""
    rows_ = await store.fetch(rows.LIST, account_id=account_id)
    return [
        Credential(
            extension_id=row[0],
            label=row[1],
            created_ms=row[2],
            expires_ms=row[3],
            revoked_ms=row[4],
        )
        for row in rows_
    ]
