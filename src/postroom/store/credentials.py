"""Apps, passwords and JWT credentials: who may ask for a token, and with what.

Only hashes are kept: argon2 of passwords, SHA-256 of what is random.
"""

import msgspec
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from postroom.model.audit import THE_HOUSE, UNSIGNED, Act, Deed, Signature
from postroom.model.extension import ExtensionStatus
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.oauth import App, Failures, Grant
from postroom.store import audit, codes
from postroom.store.commands import Rows, Steps, one
from postroom.store.statements import Row, Statement, arg
from postroom.store.tables import app, credential, extension, login_failure, number

TEXT, BYTES = Text(), LargeBinary()
ZERO: ColumnElement[int] = literal_column("0")

# -- apps ------------------------------------------------------------------------------------

_app = app.c
READ_APP = Statement(
    select(
        _app.client_id, _app.name, _app.secret_hash, _app.scopes, _app.grants, _app.redirect_uris
    ).where(_app.client_id == arg("client_id", TEXT))
)

WRITE_APP = Statement(
    (
        _write := insert(app).values(
            client_id=arg("client_id", TEXT),
            name=arg("name", TEXT),
            secret_hash=arg("secret_hash", TEXT),
            scopes=arg("scopes", TEXT),
            grants=arg("grants", TEXT),
            redirect_uris=arg("redirect_uris", TEXT),
            created_ms=arg("created_ms"),
        )
    ).on_conflict_do_update(
        index_elements=["client_id"],
        set_={
            name: _write.excluded[name]
            for name in ("name", "secret_hash", "scopes", "grants", "redirect_uris")
        },
    )
)


def app_of(rows: Rows) -> App | None:
    """The app that `READ_APP` found."""
    if not rows:
        return None
    client_id, name, secret_hash, scopes, grants, redirect_uris = rows[0]
    return App(
        client_id=client_id,
        name=name,
        secret_hash=secret_hash,
        scopes=tuple(scopes.split()),
        grants=frozenset(map(Grant, msgspec.json.decode(grants))),
        redirect_uris=tuple(msgspec.json.decode(redirect_uris)),
    )


def write_app(value: App, created_ms: int, signed: Signature = UNSIGNED) -> Steps[None]:
    """Add an app, or change the one of that client id."""
    yield from one(
        WRITE_APP,
        client_id=value.client_id,
        name=value.name,
        secret_hash=value.secret_hash,
        scopes=" ".join(value.scopes),
        grants=msgspec.json.encode(sorted(value.grants)).decode(),
        redirect_uris=msgspec.json.encode(value.redirect_uris).decode(),
        created_ms=created_ms,
    )
    about = {
        "clientId": value.client_id,
        "name": value.name,
        "scopes": value.scopes,
        "grants": sorted(value.grants),
        "redirectUris": value.redirect_uris,
        "public": value.is_public,
    }
    yield from audit.enter(THE_HOUSE, Act.APP_SET, signed, details=about)


# -- people ----------------------------------------------------------------------------------


class User(msgspec.Struct, frozen=True):
    """An extension that somebody wants to log in as; without a password it cannot be by one."""

    account_id: AccountId
    extension_id: ExtensionId
    status: ExtensionStatus
    password_hash: str | None


_ext = extension.c


def _users() -> Select[tuple[int, int, int, str | None]]:
    return select(_ext.account_id, _ext.id, _ext.status, _ext.password_hash).where(
        _ext.deleted == ZERO
    )


def _numbered() -> Select[tuple[int, int, int, str | None]]:
    return (
        _users()
        .join(number, number.c.account_id == _ext.account_id)
        .where(number.c.msisdn == arg("name", TEXT), number.c.deleted == ZERO)
    )


USER_OF_NUMBER = Statement(_numbered().where(_ext.id == number.c.owner_id))

USER_OF_NUMBER_AND_EXTENSION = Statement(_numbered().where(_ext.number == arg("extension", TEXT)))

USERS_OF_EMAIL = Statement(
    _users().where(func.lower(_ext.email) == func.lower(arg("name", TEXT))).limit(2)
)

USERS_OF_EMAIL_AND_EXTENSION = Statement(
    _users()
    .where(
        func.lower(_ext.email) == func.lower(arg("name", TEXT)),
        _ext.number == arg("extension", TEXT),
    )
    .limit(2)
)

USER_OF_CREDENTIAL = Statement(
    _users()
    .join(
        credential,
        (credential.c.account_id == _ext.account_id) & (credential.c.extension_id == _ext.id),
    )
    .where(
        credential.c.hash == arg("hash", BYTES),
        credential.c.revoked_ms.is_(None),
        or_(credential.c.expires_ms.is_(None), credential.c.expires_ms > arg("now")),
    )
)


def user_of(rows: Rows) -> User | None:
    """The one user that was found; two are nobody."""
    return _user(rows[0]) if len(rows) == 1 else None


def _user(row: Row) -> User:
    account_id, extension_id, status, password_hash = row
    return User(
        AccountId(account_id),
        ExtensionId(extension_id),
        codes.EXTENSION_STATUS.member(status),
        password_hash,
    )


# -- failed passwords ------------------------------------------------------------------------

_failure = login_failure.c
READ_FAILURES = Statement(
    select(_failure.failures, _failure.last_ms).where(_failure.hash == arg("hash", BYTES))
)
BEGIN_FAILURES = Statement(
    insert(login_failure)
    .values(hash=arg("hash", BYTES), failures=0, last_ms=arg("now"))
    .on_conflict_do_nothing()
)
LOCK_FAILURES = Statement(
    select(_failure.failures, _failure.last_ms)
    .where(_failure.hash == arg("hash", BYTES))
    .with_for_update()
)
COUNT_FAILURES = Statement(
    update(login_failure)
    .where(_failure.hash == arg("hash", BYTES))
    .values(failures=arg("failures"), last_ms=arg("now"))
)
CLEAR_FAILURES = Statement(delete(login_failure).where(_failure.hash == arg("hash", BYTES)))
OLD_FAILURES = select(_failure.hash).where(_failure.last_ms < arg("before")).limit(arg("limit"))
FORGET_FAILURES = Statement(
    delete(login_failure).where(_failure.hash.in_(OLD_FAILURES)).returning(_failure.failures)
)


def failures_of(rows: Rows) -> Failures:
    """The failures of a name; none when there is no row."""
    return Failures(*rows[0]) if rows else Failures()


class Judged(msgspec.Struct, frozen=True):
    """What became of a password: whether it opens, or for how many ms its name is locked."""

    opens: bool
    locked_ms: int = 0


def judge(hash: bytes, is_right: bool, now: int, tried: Deed | None = None) -> Steps[Judged]:
    """Let a password count; a wrong one for somebody who is there is entered as `tried`.

    The lock-out keeps those entries few.

    A locked name stays so whether the password is right or not, and guesses that were made at the
    same time are judged one after the other.
    """
    rows = yield from one(LOCK_FAILURES, hash=hash)
    if not rows and not is_right:
        yield from one(BEGIN_FAILURES, hash=hash, now=now)
        rows = yield from one(LOCK_FAILURES, hash=hash)
    failures = failures_of(rows)
    if locked_ms := failures.locked_ms(now):
        return Judged(opens=False, locked_ms=locked_ms)
    if not is_right:
        after = failures.one_more(now)
        yield from one(COUNT_FAILURES, hash=hash, failures=after.count, now=now)
        yield from audit.append([] if tried is None else [tried])
    elif rows:
        yield from one(CLEAR_FAILURES, hash=hash)
    return Judged(opens=is_right)


def forget_failures(before: int, limit: int) -> Steps[int]:
    """Forget failures of long ago, at most `limit`; how many."""
    return len((yield from one(FORGET_FAILURES, before=before, limit=limit)))
