"""Sessions: opened by a grant, continued by refreshing, ended by revoking.

Source: wire.md 1.1, 1.2; RFC 6749; RFC 7009.
"""

import secrets
from collections.abc import Awaitable, Callable

import msgspec

from postroom.directory import apps, issuing, tokens
from postroom.directory.issuing import SECOND, Draft, Issued, Pair, Redemption, Renewal
from postroom.directory.logins import Logins
from postroom.directory.parameters import Parameters, required
from postroom.model import oauth
from postroom.model.audit import Act
from postroom.model.errors import OAuthError
from postroom.model.oauth import App, Grant
from postroom.store import sessions
from postroom.store.commands import Steps
from postroom.store.credentials import User
from postroom.store.database import Store

SESSION_OCTETS = 16
NONCE_OCTETS = 16
LONGEST_ENDPOINT = 256


class AuthSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen; lives in seconds, `sessions` per user and app."""

    access_ttl: int = 3600
    refresh_ttl: int = 604_800
    code_ttl: int = 60
    sessions: int = 5
    password_grant: bool = True


class Sessions:
    """What the token and the revocation endpoint do; `refresh_key` is the same on every node."""

    def __init__(
        self,
        store: Store,
        logins: Logins,
        refresh_key: bytes,
        clock: Callable[[], int],
        settings: AuthSettings,
    ) -> None:
        self.store, self.logins, self.clock, self.settings = store, logins, clock, settings
        self._refresh_key = refresh_key
        self._grants: dict[Grant, Callable[[App, Parameters, str | None], Awaitable[Issued]]] = {
            Grant.PASSWORD: self._by_password,
            Grant.JWT_BEARER: self._by_assertion,
            Grant.AUTHORIZATION_CODE: self._by_code,
            Grant.REFRESH_TOKEN: self._by_refresh_token,
        }
        if not settings.password_grant:
            del self._grants[Grant.PASSWORD]

    async def grant(
        self, form: Parameters, authorization: str | None, address: str | None = None
    ) -> Issued:
        """Answer a token request; `authorization` is its header, `address` where it came from.

        Raises `OAuthError`.
        """
        app = await apps.authenticate(self.store, form, authorization)
        offered = {grant.value: grant for grant in self._grants}
        grant = offered.get(form.get("grant_type", ""))
        if grant is None:
            raise OAuthError("invalid_request", "OAU-250", "Unsupported grant type")
        if grant not in app.grants:
            raise OAuthError(
                "unauthorized_client", "OAU-251", "Unauthorized grant type for this application"
            )
        return await self._grants[grant](app, form, address)

    async def revoke(
        self, form: Parameters, authorization: str | None, address: str | None = None
    ) -> None:
        """End the session of an access or refresh token; an unknown token is no error."""
        app = await apps.authenticate(self.store, form, authorization)
        hash, now = tokens.digest(required(form, "token")), self.clock()

        def steps() -> Steps[None]:
            found = yield from sessions.find(hash, lock=True)
            if found is None or found.session.client_id != app.client_id:
                return
            if (yield from sessions.end([found.session.id], now)):
                yield from issuing.enter(found.session, Act.LOGOUT, now, address)

        await self.store.transact(steps)

    # -- the grants ----------------------------------------------------------------------------

    async def _by_password(self, app: App, form: Parameters, address: str | None) -> Issued:
        name = oauth.username(required(form, "username"), form.get("extension"))
        password, client = required(form, "password"), app.client_id
        user = await self.logins.by_password(name, password, app=client, address=address)
        return await self._open(self._draft(app, form, Grant.PASSWORD, address), user)

    async def _by_assertion(self, app: App, form: Parameters, address: str | None) -> Issued:
        assertion = required(form, "assertion")
        user = await self.logins.by_assertion(assertion)
        draft = self._draft(app, form, Grant.JWT_BEARER, address)
        opened_by = tokens.digest(assertion)
        return await self._open(msgspec.structs.replace(draft, credential=opened_by), user)

    async def _open(self, draft: Draft, user: User) -> Issued:
        return await self.store.transact(
            lambda: issuing.open_session(draft, user.account_id, user.extension_id),
            user.account_id,
        )

    async def _by_code(self, app: App, form: Parameters, address: str | None) -> Issued:
        draft = self._draft(app, form, Grant.AUTHORIZATION_CODE, address)
        redemption = Redemption(
            hash=tokens.digest(required(form, "code")),
            redirect_uri=form.get("redirect_uri"),
            verifier=form.get("code_verifier"),
        )
        issued = await self.store.transact(lambda: issuing.redeem(draft, redemption))
        if issued is None:
            raise OAuthError("invalid_grant", "OAU-106", "The authorization code was used before")
        return issued

    async def _by_refresh_token(self, app: App, form: Parameters, address: str | None) -> Issued:
        renewal = Renewal(
            app=app,
            token=required(form, "refresh_token"),
            key=self._refresh_key,
            nonce=secrets.token_bytes(NONCE_OCTETS),
            access_ttl=self._access_ttl(form),
            refresh_ttl=self._refresh_ttl(form),
            now=self.clock(),
            address=address,
        )
        return await self.store.transact(lambda: issuing.renew(renewal))

    # -- what a session gets -------------------------------------------------------------------

    def _draft(self, app: App, form: Parameters, grant: Grant, address: str | None) -> Draft:
        scopes = oauth.granted_scopes(app, form.get("scope"))
        if "scope" in form and not scopes:
            raise OAuthError("invalid_scope", "OAU-117", "The application has none of these scopes")
        now = self.clock()
        return Draft(
            app=app,
            grant=grant,
            address=address,
            session_id=secrets.token_urlsafe(SESSION_OCTETS),
            scopes=scopes,
            endpoint_id=_endpoint_id(form),
            pair=self._pair(app, form, now),
            limit=self.settings.sessions,
            now=now,
        )

    def _pair(self, app: App, form: Parameters, now: int) -> Pair:
        return Pair(
            access=tokens.fresh(),
            access_expires_ms=now + self._access_ttl(form) * SECOND,
            refresh=tokens.fresh() if app.refreshes else None,
            refresh_expires_ms=now + self._refresh_ttl(form) * SECOND,
        )

    def _access_ttl(self, form: Parameters) -> int:
        return oauth.access_ttl(form.get("access_token_ttl"), self.settings.access_ttl)

    def _refresh_ttl(self, form: Parameters) -> int:
        return oauth.refresh_ttl(form.get("refresh_token_ttl"), self.settings.refresh_ttl)


def _endpoint_id(form: Parameters) -> str:
    """What the client calls itself, or a name for it."""
    named = form.get("endpoint_id")
    if named is not None and len(named) > LONGEST_ENDPOINT:
        raise OAuthError("invalid_request", "CMN-101", "Parameter [endpoint_id] value is invalid")
    return named or secrets.token_urlsafe(SESSION_OCTETS)
