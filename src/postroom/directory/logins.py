"""Who logs in: a person by password, or the owner of a JWT credential.

Source: wire.md 1.1, 1.6.
"""

from collections.abc import Callable
from math import ceil

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from postroom.directory.passwords import Passwords
from postroom.directory.tokens import digest
from postroom.model.audit import Act, Actor, ActorKind, Deed, Signature
from postroom.model.errors import OAuthError
from postroom.model.extension import ExtensionStatus
from postroom.model.oauth import Grant, Username
from postroom.store import credentials
from postroom.store.credentials import User
from postroom.store.database import Store
from postroom.store.statements import Statement

ALGORITHM = "HS256"
LOOKUPS: dict[tuple[bool, bool], Statement] = {
    (False, False): credentials.USER_OF_NUMBER,
    (False, True): credentials.USER_OF_NUMBER_AND_EXTENSION,
    (True, False): credentials.USERS_OF_EMAIL,
    (True, True): credentials.USERS_OF_EMAIL_AND_EXTENSION,
}
"""How a user is found: by e-mail or number, without or with an extension number."""


class Logins:
    """Finds out who logs in; `jwt_key` signs the JWT credentials."""

    def __init__(
        self, store: Store, passwords: Passwords, jwt_key: bytes, clock: Callable[[], int]
    ) -> None:
        self.store, self.passwords, self.clock = store, passwords, clock
        self._jwt_key = OctKey.import_key(jwt_key)

    async def by_password(
        self, name: Username, password: str, *, app: str | None = None, address: str | None = None
    ) -> User:
        """The user of that name and password; `app` and `address` are for the audit log.

        Raises `OAuthError`; an unknown name, a wrong password and a lock-out look the same for
        everybody, and only the right password is told what state its extension is in.
        """
        user = await self._named(name)
        subject = _subject(name, user)
        early = credentials.failures_of(
            await self.store.look(credentials.READ_FAILURES, hash=subject)
        )
        if locked_ms := early.locked_ms(self.clock()):
            raise _locked(locked_ms)
        fits = await self.passwords.fits(password, user.password_hash if user else None)
        now = self.clock()
        stranger = Actor(kind=ActorKind.STRANGER, app=app, address=address)
        tried = None if user is None else _tried(user, Signature(stranger, now))
        judged = await self.store.transact(lambda: credentials.judge(subject, fits, now, tried))
        if judged.locked_ms:
            raise _locked(judged.locked_ms)
        if user is None or not judged.opens:
            raise _wrong("OAU-140", "Invalid resource owner credentials")
        check_status(user.status)
        return user

    async def _named(self, name: Username) -> User | None:
        statement = LOOKUPS[name.is_email, name.extension is not None]
        arguments = {"name": name.name, "extension": name.extension}
        return credentials.user_of(await self.store.look(statement, **arguments))

    async def by_assertion(self, assertion: str) -> User:
        """The owner of a JWT credential; it may be used again and again.

        Raises `OAuthError` when it is not ours, unknown, revoked or expired.
        """
        try:
            jwt.decode(assertion, self._jwt_key, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise _wrong("OAU-149", "The assertion cannot be verified") from error
        user = credentials.user_of(
            await self.store.look(
                credentials.USER_OF_CREDENTIAL, hash=digest(assertion), now=self.clock()
            )
        )
        if user is None:
            raise _wrong("OAU-213", "Token not found")
        return user


def check_status(status: ExtensionStatus | None) -> None:
    """Raises `OAuthError` when an extension in this state, or one that is gone, may not log in."""
    if status is None:
        raise _wrong("OAU-136", "Extension not found")
    if status is not ExtensionStatus.ENABLED:
        raise _wrong("OAU-141", f"Extension is {status} and may not log in")


def _tried(user: User, signed: Signature) -> Deed:
    return Deed(
        account_id=user.account_id,
        act=Act.LOGIN_FAILED,
        signed=signed,
        extension=user.extension_id,
        details={"grant": Grant.PASSWORD},
    )


def _subject(name: Username, user: User | None) -> bytes:
    """Whose failures are counted: the user's, however named; an unknown name's, all the same."""
    if user is None:
        return digest(f"name:{name.name}*{name.extension or ''}")
    return digest(f"user:{user.account_id}/{user.extension_id}")


def _locked(locked_ms: int) -> OAuthError:
    seconds = ceil(locked_ms / 1000)
    return _wrong("OAU-147", f"Locked after failed attempts; try again in {seconds} seconds")


def _wrong(code: str, message: str) -> OAuthError:
    return OAuthError("invalid_grant", code, message)
