"""With a JWT credential, and with an app, go the sessions that were opened through them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from postroom.directory.app_registry import add_app, remove_app
from postroom.directory.credentials import add_jwt, revoke_jwt
from postroom.directory.issuing import Issued
from postroom.model.errors import InvalidClient
from postroom.model.extension import Extension
from postroom.model.oauth import Grant
from postroom.store.credentials import User
from tests.directory.lobby import START, Lobby, basic
from tests.directory.refusals import refused

ISSUER = "http://127.0.0.1:8088"


async def credential(lobby: Lobby, owner: Extension, label: str) -> str:
    """A new credential of an extension."""
    return await add_jwt(lobby.store, owner, ISSUER, lobby.clock, label=label)


async def revoke(lobby: Lobby, owner: Extension, label: str) -> int:
    """Revoke an extension's credentials of a label."""
    return await revoke_jwt(lobby.store, owner, lobby.clock, label=label)


def while_it_is_read(
    monkeypatch: pytest.MonkeyPatch, lobby: Lobby, happens: Callable[[], Awaitable[object]]
) -> None:
    """Let something happen when a credential was found good and no session is open yet."""
    read = lobby.logins.by_assertion

    async def by_assertion(assertion: str) -> User:
        user = await read(assertion)
        await happens()
        return user

    monkeypatch.setattr(lobby.logins, "by_assertion", by_assertion)


async def test_a_revoked_credential_ends_the_sessions_that_it_opened_and_no_others(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    ada = await lobby.extension("101")
    robot = await credential(lobby, ada, "robot")
    theirs = [await lobby.grant(Grant.JWT_BEARER, assertion=robot) for _ in range(2)]
    renewed = await lobby.refresh(theirs[1])
    others = [
        await lobby.by_jwt(),
        await lobby.by_password("+16505550101", lobby.values["RC_PASSWORD"]),
        await lobby.by_jwt("102"),
    ]
    for issued in (theirs[0], renewed, *others):
        await elsewhere.access.identify(issued.access_token)

    assert await revoke(lobby, ada, "robot") == 1

    for place in (lobby, elsewhere):
        await place.companies.current(ada.account_id)
        for issued in (theirs[0], renewed):
            assert place.access.peek(issued.access_token) is None
            with refused("OAU-213"):
                await place.access.identify(issued.access_token)
            with refused("OAU-211", "invalid_grant"):
                await place.refresh(issued)
        for issued in others:
            await place.access.identify(issued.access_token)


async def test_of_two_credentials_of_one_person_each_ends_its_own_sessions(lobby: Lobby) -> None:
    ben = await lobby.extension("102")
    first, second = [await credential(lobby, ben, label) for label in ("first", "second")]
    one = await lobby.grant(Grant.JWT_BEARER, assertion=first)
    two = await lobby.grant(Grant.JWT_BEARER, assertion=second)

    await revoke(lobby, ben, "first")

    with refused("OAU-213"):
        await lobby.access.identify(one.access_token)
    await lobby.access.identify(two.access_token)


async def test_a_log_in_under_way_while_its_credential_is_revoked_gets_no_token(
    lobby: Lobby, elsewhere: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await lobby.extension("101")
    robot = await credential(lobby, ada, "robot")
    while_it_is_read(monkeypatch, lobby, lambda: revoke(elsewhere, ada, "robot"))

    with refused("OAU-213", "invalid_grant"):
        await lobby.grant(Grant.JWT_BEARER, assertion=robot)


async def test_a_log_in_under_way_while_its_app_is_removed_gets_no_token(
    lobby: Lobby, elsewhere: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, secret = await add_app(lobby.store, "Mine", START)
    while_it_is_read(
        monkeypatch, lobby, lambda: remove_app(elsewhere.store, app.client_id, lobby.clock())
    )

    with pytest.raises(InvalidClient) as caught:
        await lobby.grant(
            Grant.JWT_BEARER,
            basic(app.client_id, secret or ""),
            assertion=lobby.values["RC_USER_JWT"],
        )

    assert caught.value.by_header


@pytest.mark.parametrize("what", ["app", "credential"])
async def test_whoever_logs_in_at_the_same_time_keeps_no_token(
    lobby: Lobby, elsewhere: Lobby, what: str
) -> None:
    app, secret = await add_app(lobby.store, "Mine", START)
    ada = await lobby.extension("101")
    robot = await credential(lobby, ada, "robot")
    header = basic(app.client_id, secret or "")
    first = asyncio.Event()

    async def log_in(place: Lobby) -> Issued | None:
        try:
            issued = await place.grant(Grant.JWT_BEARER, header, assertion=robot)
        except Exception as error:
            if getattr(error, "code", "") in ("OAU-153", "OAU-213"):
                return None
            raise
        first.set()
        return issued

    async def end() -> None:
        await first.wait()
        if what == "app":
            assert await remove_app(elsewhere.store, app.client_id, START)
        else:
            assert await revoke(elsewhere, ada, "robot") == 1

    raced, _ = await asyncio.gather(
        asyncio.gather(*(log_in(place) for place in (lobby, elsewhere) * 16)), end()
    )

    kept = [issued for issued in raced if issued is not None]
    assert kept
    for issued in kept:
        with refused("OAU-213"):
            await elsewhere.access.identify(issued.access_token)
