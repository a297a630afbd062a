"""Authorization requests: an application sends its user here, and gets a code back.

Source: wire.md 1.3; RFC 6749 4.1; RFC 7636.
"""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from postroom.directory import apps, tokens
from postroom.directory.logins import Logins
from postroom.directory.parameters import Parameters
from postroom.model import oauth
from postroom.model.errors import InvalidClient, OAuthError
from postroom.model.oauth import UNRESERVED, App, ChallengeMethod, Grant
from postroom.store import authorization_codes
from postroom.store.authorization_codes import Code
from postroom.store.credentials import User
from postroom.store.database import Store


class SentBack(Exception):
    """The request is refused, and the application is told so at `location`."""

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__(location)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An application's wish that its user logs in; it goes back to `redirect_uri`."""

    app: App
    redirect_uri: str
    is_named: bool
    state: str | None
    challenge: str | None
    challenge_method: ChallengeMethod

    def back(self, **parameters: str) -> str:
        """The redirect URI with an answer, and with the application's own state."""
        if self.state is not None:
            parameters["state"] = self.state
        parts = urlsplit(self.redirect_uri)
        query = "&".join(part for part in (parts.query, urlencode(parameters)) if part)
        return urlunsplit(parts._replace(query=query))

    def refused(self, error: str, why: str) -> SentBack:
        """What is raised to send the user back with an error."""
        return SentBack(self.back(error=error, error_description=why))


class Authorization:
    """The authorization endpoint, without its HTTP; codes live `code_ttl` seconds."""

    def __init__(
        self, store: Store, logins: Logins, clock: Callable[[], int], code_ttl: int = 60
    ) -> None:
        self.store, self.logins, self.clock, self.code_ttl = store, logins, clock, code_ttl

    async def read(self, parameters: Parameters) -> Asked:
        """What is asked.

        Raises `OAuthError` when it cannot be said who asks or where to send the user back to,
        `SentBack` for everything else that is wrong.
        """
        app = await apps.find(self.store, parameters.get("client_id", ""))
        if app is None:
            raise InvalidClient("Unknown application")
        asked = Asked(
            app=app,
            redirect_uri=_redirect_uri(app, parameters.get("redirect_uri")),
            is_named="redirect_uri" in parameters,
            state=parameters.get("state"),
            challenge=parameters.get("code_challenge"),
            challenge_method=ChallengeMethod.PLAIN,
        )
        return _checked(asked, parameters)

    async def log_in(
        self,
        asked: Asked,
        typed: str,
        extension: str | None,
        password: str,
        address: str | None = None,
    ) -> str:
        """Log the user in; where to send them back to, with a code.  Raises `OAuthError`."""
        name, app = oauth.username(typed, extension), asked.app.client_id
        user = await self.logins.by_password(name, password, app=app, address=address)
        return asked.back(code=await self._give(asked, user), expires_in=str(self.code_ttl))

    async def _give(self, asked: Asked, user: User) -> str:
        code = tokens.fresh()
        given = Code(
            client_id=asked.app.client_id,
            account_id=user.account_id,
            extension_id=user.extension_id,
            redirect_uri=asked.redirect_uri if asked.is_named else None,
            challenge=asked.challenge,
            challenge_method=None if asked.challenge is None else asked.challenge_method,
            expires_ms=self.clock() + self.code_ttl * 1000,
        )
        await self.store.transact(lambda: authorization_codes.add(tokens.digest(code), given))
        return code


def _redirect_uri(app: App, named: str | None) -> str:
    """The registered URI that is meant; it need not be named when there is only one."""
    if named is None and len(app.redirect_uris) == 1:
        return app.redirect_uris[0]
    if named is None or named not in app.redirect_uris:
        raise OAuthError("invalid_request", "OAU-109", "The redirect URI is not registered")
    return named


def _checked(asked: Asked, parameters: Parameters) -> Asked:
    """The request, once nothing stands against it.  Raises `SentBack`."""
    response_type = parameters.get("response_type")
    if response_type != "code":
        error = "unsupported_response_type" if response_type else "invalid_request"
        raise asked.refused(error, "Parameter [response_type] must be code")
    if Grant.AUTHORIZATION_CODE not in asked.app.grants:
        raise asked.refused("unauthorized_client", "The application may not ask for codes")
    method = parameters.get("code_challenge_method", ChallengeMethod.PLAIN)
    if method not in ChallengeMethod.__members__.values():
        raise asked.refused("invalid_request", "Unknown code_challenge_method")
    if asked.challenge is None:
        if asked.app.is_public:
            raise asked.refused("invalid_request", "Parameter [code_challenge] is required")
    elif not UNRESERVED.fullmatch(asked.challenge):
        raise asked.refused("invalid_request", "Parameter [code_challenge] value is invalid")
    return msgspec.structs.replace(asked, challenge_method=ChallengeMethod(method))
