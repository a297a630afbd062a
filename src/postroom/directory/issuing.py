"""How tokens are issued: the transactions behind the grants.

A refusal is raised where the transaction has changed nothing that must last.
Source: wire.md 1.1; RFC 6749.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from postroom.directory import tokens
from postroom.directory.logins import check_status
from postroom.model.audit import Act, Actor, ActorKind, Signature
from postroom.model.errors import InvalidClient, OAuthError
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.oauth import App, Grant, may_repeat, proves
from postroom.store import app_rows, audit, authorization_codes, credential_rows, sessions
from postroom.store.authorization_codes import Code
from postroom.store.commands import Steps
from postroom.store.sessions import Found, Kind, NewToken, Session

SECOND = 1000


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a session, and for how many seconds they are still good."""

    session: Session
    access_token: str
    expires_in: int
    refresh_token: str | None
    refresh_expires_in: int


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """An access token and, for apps that refresh, its refresh token; times in Unix ms."""

    access: str
    access_expires_ms: int
    refresh: str | None
    refresh_expires_ms: int

    def rows(self, used_ms: int | None) -> list[NewToken]:
        """What is stored; `used_ms` stays open where the first use has a meaning."""
        access = tokens.digest(self.access)
        rows = [NewToken(access, Kind.ACCESS, self.access_expires_ms, used_ms)]
        if self.refresh is not None:
            refresh = tokens.digest(self.refresh)
            rows.append(NewToken(refresh, Kind.REFRESH, self.refresh_expires_ms, None))
        return rows

    def issued(self, session: Session, now: int) -> Issued:
        """What the client is told."""
        return Issued(
            session=session,
            access_token=self.access,
            expires_in=max(self.access_expires_ms - now, 0) // SECOND,
            refresh_token=self.refresh,
            refresh_expires_in=max(self.refresh_expires_ms - now, 0) // SECOND,
        )


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is about to be opened for whoever it turns out to be.

    Beyond `limit` sessions of the user and app the oldest ones end.  `address` is where the request
    came from, `credential` the hash of the JWT credential that opens it, if one does.
    """

    app: App
    grant: Grant
    address: str | None
    session_id: str
    scopes: tuple[str, ...]
    endpoint_id: str
    pair: Pair
    limit: int
    now: int
    credential: bytes | None = None


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization code as it comes back, with the proofs that it is in the right hands."""

    hash: bytes
    redirect_uri: str | None
    verifier: str | None


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token as it comes back; `nonce` is for its successors, if it has none yet."""

    app: App
    token: str
    key: bytes
    nonce: bytes
    access_ttl: int
    refresh_ttl: int
    now: int
    address: str | None


def open_session(draft: Draft, account_id: AccountId, extension_id: ExtensionId) -> Steps[Issued]:
    """Open a session for an extension that may log in.

    App and credential are looked at again: either may have gone since the request was read.
    """
    yield from _hold_app(draft.app)
    check_status((yield from sessions.lock_owner(account_id, extension_id)))
    if draft.credential is not None and not (yield from credential_rows.stands(draft.credential)):
        raise _invalid("OAU-213", "Token not found")
    session = Session(
        id=draft.session_id,
        account_id=account_id,
        extension_id=extension_id,
        client_id=draft.app.client_id,
        scopes=draft.scopes,
        endpoint_id=draft.endpoint_id,
    )
    rows = draft.pair.rows(draft.now)
    ended = yield from sessions.add(session, rows, draft.limit, draft.now, draft.credential)
    about = {"grant": draft.grant, "ended": ended}
    yield from enter(session, Act.LOGIN, draft.now, draft.address, about)
    return draft.pair.issued(session, draft.now)


def enter(
    session: Session,
    act: Act,
    now: int,
    address: str | None,
    details: Mapping[str, object] = MappingProxyType({}),
) -> Steps[None]:
    """Enter into the audit log what the owner of a session did with it."""
    by = Actor(
        kind=ActorKind.USER,
        extension=session.extension_id,
        app=session.client_id,
        address=address,
    )
    about = {"session": session.id, **details}
    signed = Signature(by, now)
    yield from audit.enter(session.account_id, act, signed, session.extension_id, about)


def _hold_app(app: App) -> Steps[None]:
    if not (yield from app_rows.hold(app.client_id)):
        raise InvalidClient("Invalid client", by_header=not app.is_public)


def redeem(draft: Draft, redemption: Redemption) -> Steps[Issued | None]:
    """Open the session that a code stands for; `None` when it was used before.

    Then the session that came from it has ended, as one of the two is a thief.
    """
    yield from _hold_app(draft.app)
    code = yield from authorization_codes.find(redemption.hash)
    if code is None:
        raise _invalid("OAU-106", "Invalid authorization code")
    if code.client_id != draft.app.client_id:
        raise _invalid("OAU-110", "The authorization code is another application's")
    if code.session_id is not None:
        yield from _stolen(code, code.session_id, draft)
        return None
    _check_code(code, draft, redemption)
    issued = yield from open_session(draft, code.account_id, code.extension_id)
    yield from authorization_codes.use(redemption.hash, draft.session_id, draft.now)
    return issued


def _stolen(code: Code, session_id: str, draft: Draft) -> Steps[None]:
    """End the session of a code that is used again; by whom cannot be said."""
    if not (yield from sessions.end([session_id], draft.now)):
        return
    by = Actor(kind=ActorKind.STRANGER, app=code.client_id, address=draft.address)
    about = {"session": session_id, "why": "its code was used twice"}
    signed = Signature(by, draft.now)
    yield from audit.enter(code.account_id, Act.LOGOUT, signed, code.extension_id, about)


def _check_code(code: Code, draft: Draft, redemption: Redemption) -> None:
    if code.expires_ms <= draft.now:
        raise _invalid("OAU-108", "The authorization code has expired")
    if not _is_same_redirect(code, draft.app, redemption.redirect_uri):
        raise _invalid("OAU-109", "The redirect URI is not the one that was used")
    if not proves(redemption.verifier, code.challenge, code.challenge_method):
        raise _invalid("OAU-106", "The code verifier does not fit")


def _is_same_redirect(code: Code, app: App, redirect_uri: str | None) -> bool:
    """As it was named; where the app has only one and none was named, none need be."""
    if code.redirect_uri is not None:
        return redirect_uri == code.redirect_uri
    return redirect_uri is None or redirect_uri in app.redirect_uris


def renew(asked: Renewal) -> Steps[Issued]:
    """Replace a session's tokens, or repeat how they were replaced while that is allowed."""
    hash = tokens.digest(asked.token)
    found = yield from sessions.find(hash, lock=True)
    if found is None or not _is_mine(found, asked.app):
        raise _invalid("OAU-213", "Token not found")
    if found.revoked_ms is not None or found.expires_ms <= asked.now:
        raise _revoked()
    check_status(found.status)
    if found.nonce is not None:
        return (yield from _repeat(found, found.nonce, asked))
    access, refresh = tokens.successors(asked.key, asked.token, asked.nonce)
    pair = Pair(
        access=access,
        access_expires_ms=asked.now + asked.access_ttl * SECOND,
        refresh=refresh,
        refresh_expires_ms=asked.now + asked.refresh_ttl * SECOND,
    )
    yield from sessions.replace(found, hash, asked.nonce, pair.rows(None), asked.now)
    yield from enter(found.session, Act.REFRESH, asked.now, asked.address)
    return pair.issued(found.session, asked.now)


def _is_mine(found: Found, app: App) -> bool:
    return found.kind is Kind.REFRESH and found.session.client_id == app.client_id


def _repeat(found: Found, nonce: bytes, asked: Renewal) -> Steps[Issued]:
    """The same new tokens again, for clients that race and for answers that were lost."""
    access, refresh = tokens.successors(asked.key, asked.token, nonce)
    new = yield from sessions.find(tokens.digest(access))
    following = yield from sessions.find(tokens.digest(refresh))
    if new is None or following is None or found.replaced_ms is None:
        raise _revoked()
    if not may_repeat(found.replaced_ms, new.used_ms, asked.now):
        raise _revoked()
    pair = Pair(
        access=access,
        access_expires_ms=new.expires_ms,
        refresh=refresh,
        refresh_expires_ms=following.expires_ms,
    )
    return pair.issued(found.session, asked.now)


def _revoked() -> OAuthError:
    return _invalid("OAU-211", "Token is revoked")


def _invalid(code: str, message: str) -> OAuthError:
    return OAuthError("invalid_grant", code, message)
