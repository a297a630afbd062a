"""Apps are registered with what fits their kind, and take everything with them when they go."""

import pytest

from postroom.directory import demo
from postroom.directory.app_registry import add_app, all_apps, new_app, remove_app
from postroom.model.errors import InvalidClient, InvalidParameter, Unauthorized
from postroom.model.oauth import Grant
from postroom.store.database import Store
from tests.directory.lobby import START, Lobby, basic

MOVED = "http://127.0.0.1:9099"


async def test_without_a_wish_an_app_may_everything_that_its_kind_may(store: Store) -> None:
    mine, secret = await add_app(store, "Mine", START)
    public, none = await add_app(store, "Page", START, public=True)

    assert await all_apps(store) == sorted([mine, public], key=lambda app: app.client_id)
    assert secret is not None
    assert none is None
    assert mine.grants == frozenset(Grant)
    assert public.grants == {Grant.AUTHORIZATION_CODE, Grant.REFRESH_TOKEN}


async def test_scopes_and_grants_are_what_was_asked_for(store: Store) -> None:
    await add_app(store, "Mine", START, scopes=["SMS"], grants=frozenset({Grant.PASSWORD}))

    [app] = await all_apps(store)
    assert app.scopes == ("SMS",)
    assert app.grants == {Grant.PASSWORD}


def test_an_app_with_an_unknown_scope_or_a_grant_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="Fly is none of"):
        new_app("Bad", scopes=["SMS", "Fly"])
    with pytest.raises(InvalidParameter, match="authorization code"):
        new_app("Bad", public=True, grants=frozenset({Grant.JWT_BEARER}))


def test_no_client_id_looks_like_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    given = iter(["-first", "-second", "third"])
    monkeypatch.setattr("secrets.token_urlsafe", lambda _=0: next(given))

    app, _ = new_app("Page", public=True)

    assert app.client_id == "third"


async def test_with_an_app_go_its_sessions_here_and_elsewhere(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    app, secret = await add_app(lobby.store, "Mine", START)
    header = basic(app.client_id, secret or "")
    jwt = lobby.values["RC_USER_JWT"]
    mine = await lobby.grant(Grant.JWT_BEARER, header, assertion=jwt)
    other = await lobby.by_jwt()
    await elsewhere.access.identify(mine.access_token)

    assert await remove_app(lobby.store, app.client_id, START)

    for place in (lobby, elsewhere):
        await place.companies.current((await place.company()).account_id)
        assert place.access.peek(mine.access_token) is None
        with pytest.raises(Unauthorized):
            await place.access.identify(mine.access_token)
        await place.access.identify(other.access_token)
    with pytest.raises(InvalidClient):
        await lobby.grant(Grant.JWT_BEARER, header, assertion=jwt)


async def test_an_app_that_is_not_there_is_not_removed(lobby: Lobby) -> None:
    before = await lobby.company()

    assert not await remove_app(lobby.store, "nobody", START)

    assert await lobby.company() == before


async def test_at_another_address_the_demos_apps_redirect_there_as_well(lobby: Lobby) -> None:
    before = {app.client_id: app.redirect_uris for app in await all_apps(lobby.store)}

    await demo.readdress(lobby.store, lobby.values, MOVED, START)
    await demo.readdress(lobby.store, lobby.values, MOVED, START)

    after = {app.client_id: app.redirect_uris for app in await all_apps(lobby.store)}
    assert len(after) == 3
    assert after == {id: (*uris, f"{MOVED}{demo.CALLBACK}") for id, uris in before.items()}
