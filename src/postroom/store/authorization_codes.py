"""Authorization codes: given once, redeemed once."""

import msgspec
from sqlalchemy import LargeBinary, Text, delete, select, update

from postroom.model.ids import AccountId, ExtensionId
from postroom.store.commands import Steps, many, one
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import authorization_code

TEXT, BYTES = Text(), LargeBinary()


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What a code was given for; `redirect_uri` is the one that was named, if one was."""

    client_id: str
    account_id: AccountId
    extension_id: ExtensionId
    redirect_uri: str | None
    challenge: str | None
    challenge_method: str | None
    expires_ms: int
    used_ms: int | None = None
    session_id: str | None = None


_code = authorization_code.c
ADD_CODES = insertion(authorization_code)
LOCK_CODE = Statement(
    select(
        _code.client_id,
        _code.account_id,
        _code.extension_id,
        _code.redirect_uri,
        _code.challenge,
        _code.challenge_method,
        _code.expires_ms,
        _code.used_ms,
        _code.session_id,
    )
    .where(_code.hash == arg("hash", BYTES))
    .with_for_update()
)
USE_CODE = Statement(
    update(authorization_code)
    .where(_code.hash == arg("hash", BYTES))
    .values(used_ms=arg("now"), session_id=arg("session_id", TEXT))
)
OLD_CODES = select(_code.hash).where(_code.expires_ms < arg("before")).limit(arg("limit"))
FORGET_CODES = Statement(
    delete(authorization_code).where(_code.hash.in_(OLD_CODES)).returning(_code.client_id)
)


def add(hash: bytes, code: Code) -> Steps[None]:
    """Give a code."""
    yield from many(ADD_CODES, [(hash, *msgspec.structs.astuple(code))])


def find(hash: bytes) -> Steps[Code | None]:
    """What a code was given for; nobody else redeems it until the commit."""
    rows = yield from one(LOCK_CODE, hash=hash)
    names = [field.name for field in msgspec.structs.fields(Code)]
    return Code(**dict(zip(names, rows[0], strict=True))) if rows else None


def use(hash: bytes, session_id: str, now: int) -> Steps[None]:
    """Redeem a code for a session."""
    yield from one(USE_CODE, hash=hash, session_id=session_id, now=now)


def forget(before: int, limit: int) -> Steps[int]:
    """Forget codes that expired before a moment, at most `limit`; how many."""
    return len((yield from one(FORGET_CODES, before=before, limit=limit)))
