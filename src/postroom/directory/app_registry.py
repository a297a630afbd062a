"""The apps that may ask for tokens: registered, listed, changed and removed."""

import secrets
from collections.abc import Sequence
from functools import partial

import msgspec

from postroom.directory.apps import find
from postroom.directory.tokens import fresh, secret_hash
from postroom.model.access import SCOPES
from postroom.model.audit import UNSIGNED, Signature
from postroom.model.errors import InvalidParameter
from postroom.model.oauth import App, Grant
from postroom.store import app_rows, credentials
from postroom.store.database import Store

CLIENT_ID_OCTETS = 16
SECRET_GRANTS = frozenset({Grant.PASSWORD, Grant.JWT_BEARER})
"""Ways to log in that an app without a secret does not have."""


def new_app(
    name: str,
    *,
    public: bool = False,
    scopes: Sequence[str] = (),
    grants: frozenset[Grant] | None = None,
    redirect_uris: Sequence[str] = (),
) -> tuple[App, str | None]:
    """An app that is not registered yet, and its secret, which a public app lacks.

    Without `scopes` it has every one, without `grants` every one of its kind.  Raises
    `InvalidParameter`.
    """
    if unknown := sorted(set(scopes) - SCOPES):
        raise InvalidParameter(
            "scope", f"{', '.join(unknown)} is none of {' '.join(sorted(SCOPES))}"
        )
    usual = frozenset(Grant) - (SECRET_GRANTS if public else frozenset())
    if public and grants and grants & SECRET_GRANTS:
        raise InvalidParameter("grant", "a public app logs in with an authorization code")
    secret = None if public else fresh()
    app = App(
        client_id=_client_id(),
        name=name,
        secret_hash=None if secret is None else secret_hash(secret),
        scopes=tuple(scopes) or tuple(sorted(SCOPES)),
        grants=usual if grants is None else grants,
        redirect_uris=tuple(redirect_uris),
    )
    return app, secret


def _client_id() -> str:
    """A new client id that no command takes for an option."""
    while (id := secrets.token_urlsafe(CLIENT_ID_OCTETS)).startswith("-"):
        pass
    return id


async def add_app(
    store: Store,
    name: str,
    now_ms: int,
    *,
    public: bool = False,
    scopes: Sequence[str] = (),
    grants: frozenset[Grant] | None = None,
    redirect_uris: Sequence[str] = (),
    signed: Signature = UNSIGNED,
) -> tuple[App, str | None]:
    """Register a `new_app`; its secret is shown only here."""
    app, secret = new_app(
        name, public=public, scopes=scopes, grants=grants, redirect_uris=redirect_uris
    )
    await store.transact(partial(credentials.write_app, app, now_ms, signed))
    return app, secret


async def all_apps(store: Store) -> list[App]:
    """Every app, oldest first."""
    rows = await store.fetch(app_rows.LIST)
    return [app for row in rows if (app := credentials.app_of([row])) is not None]


async def redirect(
    store: Store,
    client_id: str,
    uris: Sequence[str],
    now_ms: int,
    *,
    signed: Signature = UNSIGNED,
) -> None:
    """Let an app redirect to these addresses as well."""
    app = await find(store, client_id)
    if app is None or set(uris) <= set(app.redirect_uris):
        return
    wider = tuple(dict.fromkeys((*app.redirect_uris, *uris)))
    changed = msgspec.structs.replace(app, redirect_uris=wider)
    await store.transact(partial(credentials.write_app, changed, now_ms, signed))


async def remove_app(
    store: Store, client_id: str, now_ms: int, *, signed: Signature = UNSIGNED
) -> bool:
    """Remove an app and end its sessions everywhere; `False` if there is none."""
    return await store.transact(partial(app_rows.remove, client_id, now_ms, signed))
