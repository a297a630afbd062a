"""The demo company with everything that logs people in, and a clock that is turned by hand."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from postroom.directory import provisioning
from postroom.directory.access import Access
from postroom.directory.authorization import Authorization
from postroom.directory.companies import Companies
from postroom.directory.issuing import Issued
from postroom.directory.keys import key
from postroom.directory.logins import Logins
from postroom.directory.passwords import Passwords, hash_password
from postroom.directory.sessions import AuthSettings, Sessions
from postroom.model.company import Company
from postroom.model.extension import Extension
from postroom.model.oauth import Grant
from postroom.store.database import Store

START = 1_700_000_000_000
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


@dataclass(slots=True)
class Clock:
    """Tells the time that it was set to, in Unix milliseconds."""

    now: int = START

    def __call__(self) -> int:
        return self.now

    def turn(self, ms: int) -> None:
        self.now += ms


@dataclass(slots=True, kw_only=True)
class Lobby:
    """One process's view; `values` are those of `demo.env`."""

    store: Store
    clock: Clock
    values: Mapping[str, str]
    companies: Companies
    access: Access
    logins: Logins
    sessions: Sessions
    authorization: Authorization

    @property
    def basic(self) -> str:
        """The header of the demo's confidential app."""
        return basic(self.values["RC_CLIENT_ID"], self.values["RC_CLIENT_SECRET"])

    async def grant(self, grant: Grant | str, header: str | None = "", **form: str) -> Issued:
        """Ask for tokens as the confidential app, or with another header."""
        header = self.basic if header == "" else header
        return await self.sessions.grant({"grant_type": str(grant), **form}, header)

    async def by_jwt(self, number: str = "101", **form: str) -> Issued:
        """Log an extension in by its JWT credential."""
        name = "RC_USER_JWT" if number == "101" else f"RC_USER_JWT_{number}"
        return await self.grant(Grant.JWT_BEARER, assertion=self.values[name], **form)

    async def by_password(self, username: str, password: str, **form: str) -> Issued:
        """Log somebody in by password."""
        return await self.grant(Grant.PASSWORD, username=username, password=password, **form)

    async def refresh(self, issued: Issued, **form: str) -> Issued:
        """Continue a session."""
        assert issued.refresh_token is not None
        return await self.grant(Grant.REFRESH_TOKEN, refresh_token=issued.refresh_token, **form)

    async def revoke(self, token: str) -> None:
        """End a session."""
        await self.sessions.revoke({"token": token}, self.basic)

    async def company(self) -> Company:
        """The demo company of now."""
        identity = await self.access.identify((await self.by_jwt()).access_token)
        return await self.companies.current(identity.account_id)

    async def extension(self, number: str) -> Extension:
        """One of its extensions."""
        return (await self.company()).by_number[number]

    async def set_password(self, number: str, password: str) -> None:
        """Give an extension a password."""
        extension = await self.extension(number)
        await provisioning.set_password(self.store, extension, hash_password(password))


def basic(client_id: str, secret: str) -> str:
    """A Basic header, as SDKs make it."""
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


async def open_lobby(
    store: Store,
    clock: Clock,
    values: Mapping[str, str],
    passwords: Passwords,
    settings: AuthSettings | None = None,
) -> Lobby:
    """Everything that logs people in, as one process has it."""
    settings = settings or AuthSettings()
    companies = Companies(store)
    logins = Logins(store, passwords, await key(store, "jwt"), clock)
    return Lobby(
        store=store,
        clock=clock,
        values=values,
        companies=companies,
        access=Access(store, companies, clock),
        logins=logins,
        sessions=Sessions(store, logins, await key(store, "refresh"), clock, settings),
        authorization=Authorization(store, logins, clock, settings.code_ttl),
    )
