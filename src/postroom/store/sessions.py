"""Sessions and their tokens: opened, continued, ended and looked up.

A session has one access token and one refresh token; the refresh token that they replaced stays
beside them for as long as its request may be repeated.  Only hashes of tokens are kept.  Whoever
ends a token that could still be used raises the account's `session_version`, which every node
compares before it trusts its memory.

Locks are taken in one order: app, code, mailbox, session, account, head of the audit log.
"""

from enum import IntEnum

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, Text, delete, literal_column, select, update

from postroom.model.extension import ExtensionStatus
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import codes
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.statements import Row, Statement, among, arg, insertion
from postroom.store.tables import account, extension, session, token

TEXT, BYTES = Text(), LargeBinary()
ZERO: ColumnElement[int] = literal_column("0")


class Kind(IntEnum):
    """What a token is for; the numbers are stored."""

    ACCESS = 0
    REFRESH = 1


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One log-in of an extension through an app; `scopes` in the order in which they are told."""

    id: str
    account_id: AccountId
    extension_id: ExtensionId
    client_id: str
    scopes: tuple[str, ...]
    endpoint_id: str


class NewToken(msgspec.Struct, frozen=True):
    """A token to be added; `used_ms` of an access token is open when its first use matters."""

    hash: bytes
    kind: Kind
    expires_ms: int
    used_ms: int | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A token, with its session and what its extension and account are now.

    `status` is `None` when the extension is gone.
    """

    session: Session
    kind: Kind
    expires_ms: int
    used_ms: int | None
    replaced_ms: int | None
    nonce: bytes | None
    revoked_ms: int | None
    status: ExtensionStatus | None
    session_version: int


_session, _token, _ext = session.c, token.c, extension.c
_of_extension = (
    (_ext.account_id == _session.account_id)
    & (_ext.id == _session.extension_id)
    & (_ext.deleted == ZERO)
)

FIND_TOKEN = Statement(
    select(
        _session.id,
        _session.account_id,
        _session.extension_id,
        _session.client_id,
        _session.scopes,
        _session.endpoint_id,
        _token.kind,
        _token.expires_ms,
        _token.used_ms,
        _token.replaced_ms,
        _token.nonce,
        _session.revoked_ms,
        _ext.status,
        account.c.session_version,
    )
    .join_from(token, session, _session.id == _token.session_id)
    .join(account, account.c.id == _session.account_id)
    .outerjoin(extension, _of_extension)
    .where(_token.hash == arg("hash", BYTES))
)
"""Everything that decides about a token, in one statement and so from one moment."""

LOCK_SESSION = Statement(
    select(_session.id)
    .where(
        _session.id
        == select(_token.session_id).where(_token.hash == arg("hash", BYTES)).scalar_subquery()
    )
    .with_for_update()
)
STANDING = Statement(
    select(_ext.status).where(
        _ext.account_id == arg("account_id"),
        _ext.id == arg("extension_id"),
        _ext.deleted == ZERO,
    )
)
USE_TOKEN = Statement(
    update(token)
    .where(_token.hash == arg("hash", BYTES), _token.used_ms.is_(None))
    .values(used_ms=arg("now"))
)
REPLACE_TOKEN = Statement(
    update(token)
    .where(_token.hash == arg("hash", BYTES))
    .values(replaced_ms=arg("now"), nonce=arg("nonce", BYTES))
)
DROP_OTHERS = Statement(
    delete(token)
    .where(_token.session_id == arg("session_id", TEXT), _token.hash != arg("hash", BYTES))
    .returning(_token.kind, _token.expires_ms)
)
EXTEND_SESSION = Statement(
    update(session)
    .where(_session.id == arg("session_id", TEXT))
    .values(expires_ms=arg("expires_ms"))
)
LIVE_SESSIONS = Statement(
    select(_session.id)
    .where(
        _session.account_id == arg("account_id"),
        _session.extension_id == arg("extension_id"),
        _session.client_id == arg("client_id", TEXT),
        _session.revoked_ms.is_(None),
        _session.expires_ms > arg("now"),
    )
    .order_by(_session.created_ms.desc(), _session.id)
)
END_SESSIONS = Statement(
    update(session)
    .where(among(_session.id, "ids"), _session.revoked_ms.is_(None))
    .values(revoked_ms=arg("now"))
    .returning(_session.account_id)
)
RAISE_SESSION_VERSION = Statement(
    update(account)
    .where(account.c.id == arg("account_id"))
    .values(session_version=account.c.session_version + 1)
)
ADD_SESSIONS = insertion(session)
ADD_TOKENS = insertion(token)

DROP_SESSIONS = Statement(
    delete(session).where(
        _session.account_id == arg("account_id"), _session.extension_id == arg("extension_id")
    )
)
OLD_TOKENS = select(_token.hash).where(_token.expires_ms < arg("before")).limit(arg("limit"))
OLD_SESSIONS = select(_session.id).where(_session.expires_ms < arg("before")).limit(arg("limit"))
FORGET_TOKENS = Statement(delete(token).where(_token.hash.in_(OLD_TOKENS)).returning(_token.kind))
FORGET_SESSIONS = Statement(
    delete(session).where(_session.id.in_(OLD_SESSIONS)).returning(_session.id)
)


def found_of(row: Row) -> Found:
    """What a row of `FIND_TOKEN` says."""
    id, account_id, extension_id, client_id, scopes, endpoint_id = row[:6]
    kind, expires_ms, used_ms, replaced_ms, nonce, revoked_ms, status, session_version = row[6:]
    return Found(
        session=Session(
            id=id,
            account_id=AccountId(account_id),
            extension_id=ExtensionId(extension_id),
            client_id=client_id,
            scopes=tuple(scopes.split()),
            endpoint_id=endpoint_id,
        ),
        kind=Kind(kind),
        expires_ms=expires_ms,
        used_ms=used_ms,
        replaced_ms=replaced_ms,
        nonce=nonce,
        revoked_ms=revoked_ms,
        status=None if status is None else codes.EXTENSION_STATUS.member(status),
        session_version=session_version,
    )


def find(hash: bytes, *, lock: bool = False) -> Steps[Found | None]:
    """What a token is now; with `lock` nobody else changes its session until the commit."""
    if lock:
        yield from one(LOCK_SESSION, hash=hash)
    rows = yield from one(FIND_TOKEN, hash=hash)
    return found_of(rows[0]) if rows else None


def lock_owner(account_id: AccountId, extension_id: ExtensionId) -> Steps[ExtensionStatus | None]:
    """Let nobody else log in as this extension until the commit; its status, if it is there."""
    yield from many(LOCK_MAILBOXES, [(account_id, extension_id)])
    rows = yield from one(STANDING, account_id=account_id, extension_id=extension_id)
    return codes.EXTENSION_STATUS.member(rows[0][0]) if rows else None


def add(
    value: Session, tokens: list[NewToken], limit: int, now: int, credential: bytes | None = None
) -> Steps[int]:
    """Add a session with its tokens; beyond `limit` the user's oldest ones of the app end.

    How many of them end.  With the JWT `credential` of that hash it will end, too.
    """
    row = (
        value.id,
        value.account_id,
        value.extension_id,
        value.client_id,
        " ".join(value.scopes),
        value.endpoint_id,
        now,
        max(new.expires_ms for new in tokens),
        None,
        credential,
    )
    yield from many(ADD_SESSIONS, [row])
    yield from _add_tokens(value.id, tokens)
    live = yield from one(
        LIVE_SESSIONS,
        account_id=value.account_id,
        extension_id=value.extension_id,
        client_id=value.client_id,
        now=now,
    )
    others = [id for (id,) in live if id != value.id]
    surplus = others[limit - 1 :]
    yield from end(surplus, now)
    return len(surplus)


def _add_tokens(session_id: str, tokens: list[NewToken]) -> Steps[None]:
    rows = [
        (new.hash, session_id, new.kind.value, new.expires_ms, new.used_ms, None, None)
        for new in tokens
    ]
    yield from many(ADD_TOKENS, rows)


def replace(
    found: Found, hash: bytes, nonce: bytes, tokens: list[NewToken], now: int
) -> Steps[None]:
    """Replace a session's tokens by new ones; the old access token is dead at once.

    Of the old ones only the refresh token `hash` stays, with the nonce of its successors.
    """
    id = found.session.id
    dropped = yield from one(DROP_OTHERS, session_id=id, hash=hash)
    yield from one(REPLACE_TOKEN, hash=hash, nonce=nonce, now=now)
    yield from _add_tokens(id, tokens)
    yield from one(EXTEND_SESSION, session_id=id, expires_ms=max(new.expires_ms for new in tokens))
    if any(kind == Kind.ACCESS and expires_ms > now for kind, expires_ms in dropped):
        yield from one(RAISE_SESSION_VERSION, account_id=found.session.account_id)


def end(ids: list[str], now: int) -> Steps[frozenset[AccountId]]:
    """End sessions; the accounts whose version was raised, as nothing of them may be trusted."""
    if not ids:
        return frozenset()
    rows = yield from one(END_SESSIONS, ids=ids, now=now)
    accounts = frozenset(AccountId(account_id) for (account_id,) in rows)
    for account_id in sorted(accounts):
        yield from one(RAISE_SESSION_VERSION, account_id=account_id)
    return accounts


def drop_sessions(account_id: AccountId, extension_id: ExtensionId) -> Steps[None]:
    """Forget every session of an extension whose mailbox the caller has locked.

    The caller also raises the session version.
    """
    yield from one(DROP_SESSIONS, account_id=account_id, extension_id=extension_id)


def forget(before: int, limit: int) -> Steps[int]:
    """Forget tokens and sessions that expired before a moment; how many rows, at most `limit` each.

    A session outlives its tokens.
    """
    tokens = yield from one(FORGET_TOKENS, before=before, limit=limit)
    ended = yield from one(FORGET_SESSIONS, before=before, limit=limit)
    return len(tokens) + len(ended)
