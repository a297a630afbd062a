"""Which application asks, and whether it is the one that it says it is.

Source: wire.md 1.1, client authentication.
"""

from base64 import b64decode
from hmac import compare_digest

from postroom.directory.parameters import Parameters
from postroom.directory.tokens import secret_hash
from postroom.model.errors import InvalidClient, OAuthError
from postroom.model.oauth import App
from postroom.store.credentials import READ_APP, app_of
from postroom.store.database import Store


async def find(store: Store, client_id: str) -> App | None:
    """The app of a client id."""
    return app_of(await store.look(READ_APP, client_id=client_id))


async def authenticate(store: Store, form: Parameters, authorization: str | None) -> App:
    """The app that sends a request, by its header, or by `client_id` when it is public.

    rc-ex sends both, which is well as long as they agree.  Raises `OAuthError`.
    """
    if authorization is None:
        return await _by_form(store, form)
    client_id, secret = _basic(authorization)
    if form.get("client_id", client_id) != client_id:
        raise OAuthError("invalid_request", "OAU-150", "Two different applications are named")
    app = await find(store, client_id)
    if app is None or not _proves(app, secret):
        raise InvalidClient("Invalid client credentials", by_header=True)
    return app


def _proves(app: App, secret: str) -> bool:
    """Whether the secret is the app's; a public app has none, and may send an empty one."""
    if app.secret_hash is None:
        return not secret
    return compare_digest(secret_hash(secret), app.secret_hash)


async def _by_form(store: Store, form: Parameters) -> App:
    if "client_assertion" in form:
        raise InvalidClient("Client assertions are not supported", "OAU-151")
    if "client_id" not in form:
        raise InvalidClient("Client authentication is required", "OAU-146")
    app = await find(store, form["client_id"])
    if app is None:
        raise InvalidClient("Invalid client")
    if not app.is_public:
        raise InvalidClient("Client authentication is required", "OAU-146")
    return app


def _basic(authorization: str) -> tuple[str, str]:
    """Client id and secret of a Basic header."""
    scheme, _, encoded = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("Authorization method not supported", "OAU-151", by_header=True)
    try:
        client_id, colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError as error:
        raise InvalidClient("Invalid Authorization header", "OAU-123", by_header=True) from error
    if not colon or "\0" in client_id:
        raise InvalidClient("Invalid Authorization header", "OAU-123", by_header=True)
    return client_id, secret
