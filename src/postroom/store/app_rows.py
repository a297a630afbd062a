"""Listing apps, and taking one away with everything that was granted through it."""

from sqlalchemy import Text, delete, select, update

from postroom.model.audit import THE_HOUSE, UNSIGNED, Act, Signature
from postroom.store import audit
from postroom.store.commands import Steps, one
from postroom.store.sessions import RAISE_SESSION_VERSION
from postroom.store.statements import Statement, arg
from postroom.store.tables import app, authorization_code, session

CLIENT_ID = arg("client_id", Text())
LIST = Statement(
    select(
        app.c.client_id,
        app.c.name,
        app.c.secret_hash,
        app.c.scopes,
        app.c.grants,
        app.c.redirect_uris,
    ).order_by(app.c.created_ms, app.c.client_id)
)
HOLD = Statement(
    select(app.c.client_id)
    .where(app.c.client_id == CLIENT_ID)
    .with_for_update(read=True, key_share=True)
)
REMOVE = Statement(delete(app).where(app.c.client_id == CLIENT_ID).returning(app.c.client_id))
DROP_CODES = Statement(
    delete(authorization_code).where(authorization_code.c.client_id == CLIENT_ID)
)
END_SESSIONS = Statement(
    update(session)
    .where(session.c.client_id == CLIENT_ID, session.c.revoked_ms.is_(None))
    .values(revoked_ms=arg("now"))
    .returning(session.c.account_id)
)


def hold(client_id: str) -> Steps[bool]:
    """Let nobody remove an app until the commit; `False` if there is none."""
    return bool((yield from one(HOLD, client_id=client_id)))


def remove(client_id: str, now_ms: int, signed: Signature = UNSIGNED) -> Steps[bool]:
    """Remove an app: its codes are void and its sessions end at once; `False` if there is none.

    The app goes first, so that what holds it is committed before its sessions are looked for.
    """
    removed = yield from one(REMOVE, client_id=client_id)
    yield from one(DROP_CODES, client_id=client_id)
    ended = yield from one(END_SESSIONS, client_id=client_id, now=now_ms)
    for account_id in sorted({row[0] for row in ended}):
        yield from one(RAISE_SESSION_VERSION, account_id=account_id)
    if not removed:
        return False
    about = {"clientId": client_id, "sessions": len(ended)}
    yield from audit.enter(THE_HOUSE, Act.APP_REMOVE, signed, details=about)
    return True
