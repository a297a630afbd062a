import asyncio

import pytest

from postroom.model.errors import Unauthorized
from postroom.model.oauth import Grant
from tests.directory.lobby import HOUR, MINUTE, SECOND, Lobby, basic
from tests.directory.refusals import refused


async def test_a_jwt_credential_logs_its_owner_in_again_and_again(lobby: Lobby) -> None:
    first, second = await lobby.by_jwt("102"), await lobby.by_jwt("102")

    ben = await lobby.extension("102")
    assert first.session.extension_id == second.session.extension_id == ben.id
    assert first.access_token != second.access_token
    assert first.session.id != second.session.id


async def test_a_token_answers_with_its_lives_and_scopes(lobby: Lobby) -> None:
    issued = await lobby.by_jwt(endpoint_id="phone-1")

    assert (issued.expires_in, issued.refresh_expires_in) == (3600, 604_800)
    assert "SMS" in issued.session.scopes
    assert issued.session.endpoint_id == "phone-1"


async def test_a_department_logs_in_with_its_own_credential(lobby: Lobby) -> None:
    issued = await lobby.by_jwt("200")

    assert issued.session.extension_id == (await lobby.extension("200")).id


@pytest.mark.parametrize("number", ["105", "106"])
async def test_disabled_and_frozen_extensions_cannot_log_in(lobby: Lobby, number: str) -> None:
    with refused("OAU-141", "invalid_grant"):
        await lobby.by_jwt(number)


async def test_an_assertion_that_is_not_signed_by_this_server_is_refused(lobby: Lobby) -> None:
    header, claims, _ = lobby.values["RC_USER_JWT"].split(".")

    with refused("OAU-149", "invalid_grant"):
        await lobby.grant(Grant.JWT_BEARER, assertion=f"{header}.{claims}.{'A' * 43}")


@pytest.mark.parametrize(
    ("access", "refresh", "lives"),
    [
        ("10", "100", (600, 100)),
        ("999999", "999999999", (3600, 604_800)),
        ("1800", "604800", (1800, 604_800)),
        ("NaN", "NaN", (3600, 604_800)),
        ("-1", "-1", (600, 604_800)),
        ("1e3", "", (3600, 604_800)),
        ("9" * 5000, "0", (3600, 604_800)),
    ],
)
async def test_lives_are_clamped_and_nonsense_is_ignored(
    lobby: Lobby, access: str, refresh: str, lives: tuple[int, int]
) -> None:
    issued = await lobby.by_jwt(access_token_ttl=access, refresh_token_ttl=refresh)

    assert (issued.expires_in, issued.refresh_expires_in) == lives


async def test_scopes_can_be_narrowed_but_not_widened(lobby: Lobby) -> None:
    limited = basic(lobby.values["RC_LIMITED_CLIENT_ID"], lobby.values["RC_LIMITED_CLIENT_SECRET"])
    jwt = lobby.values["RC_USER_JWT"]

    narrow = await lobby.by_jwt(scope="SMS openid")
    small = await lobby.grant(Grant.JWT_BEARER, limited, assertion=jwt, scope="SMS ReadMessages")

    assert narrow.session.scopes == ("SMS",)
    assert small.session.scopes == ("ReadMessages",)
    with refused("OAU-117", "invalid_scope"):
        await lobby.grant(Grant.JWT_BEARER, limited, assertion=jwt, scope="SMS")


@pytest.mark.parametrize("grant", ["", "client_credentials", "partner_jwt"])
async def test_other_grant_types_are_not_supported(lobby: Lobby, grant: str) -> None:
    with refused("OAU-250", "invalid_request"):
        await lobby.grant(grant)


async def test_an_app_only_gets_the_grants_that_it_was_given(lobby: Lobby) -> None:
    public = lobby.values["RC_PUBLIC_CLIENT_ID"]

    with refused("OAU-251", "unauthorized_client"):
        await lobby.grant(Grant.PASSWORD, None, client_id=public, username="x", password="x")


async def test_a_sixth_session_ends_the_oldest_of_the_user_and_app(lobby: Lobby) -> None:
    opened = []
    for _ in range(6):
        opened.append(await lobby.by_jwt())
        lobby.clock.turn(SECOND)
    other = await lobby.by_jwt("102")

    with refused("OAU-213"):
        await lobby.access.identify(opened[0].access_token)
    with refused("OAU-211"):
        await lobby.refresh(opened[0])
    for issued in (*opened[1:], other):
        await lobby.access.identify(issued.access_token)


async def test_sessions_opened_at_once_still_keep_to_the_limit(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    opened = await asyncio.gather(*(house.by_jwt() for house in (lobby, elsewhere) * 6))

    found = await asyncio.gather(
        *(lobby.access.identify(issued.access_token) for issued in opened), return_exceptions=True
    )
    codes = [one.code for one in found if isinstance(one, Unauthorized)]
    assert codes == ["OAU-213"] * (len(opened) - 5)


# -- revoking --------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_the_whole_session(lobby: Lobby, which: str) -> None:
    issued, other = await lobby.by_jwt(), await lobby.by_jwt()
    await lobby.access.identify(issued.access_token)

    await lobby.revoke(getattr(issued, which))

    with refused("OAU-213"):
        await lobby.access.identify(issued.access_token)
    with refused("OAU-211", "invalid_grant"):
        await lobby.refresh(issued)
    await lobby.access.identify(other.access_token)


async def test_revoking_an_unknown_token_or_one_of_another_app_changes_nothing(
    lobby: Lobby,
) -> None:
    issued = await lobby.by_jwt()
    public = {"client_id": lobby.values["RC_PUBLIC_CLIENT_ID"]}

    await lobby.revoke("never-given")
    await lobby.sessions.revoke({"token": issued.access_token, **public}, None)

    await lobby.access.identify(issued.access_token)


async def test_a_revoked_token_is_refused_by_another_process_at_once(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    issued = await lobby.by_jwt()
    identity = await elsewhere.access.identify(issued.access_token)
    await elsewhere.companies.get(identity.account_id)
    assert elsewhere.access.peek(issued.access_token) is not None

    await lobby.revoke(issued.access_token)
    await elsewhere.companies.current(identity.account_id)

    assert elsewhere.access.peek(issued.access_token) is None
    with refused("OAU-213"):
        await elsewhere.access.identify(issued.access_token)


async def test_a_new_password_ends_the_sessions_of_the_extension(lobby: Lobby) -> None:
    ben, ada = await lobby.by_jwt("102"), await lobby.by_jwt()

    await lobby.set_password("102", "new and long enough")

    with refused("OAU-213"):
        await lobby.access.identify(ben.access_token)
    await lobby.access.identify(ada.access_token)


# -- refreshing ------------------------------------------------------------------------------


async def test_refreshing_gives_new_tokens_and_the_old_access_token_is_dead(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    old = await lobby.by_jwt(endpoint_id="phone-1")
    identity = await elsewhere.access.identify(old.access_token)
    await elsewhere.companies.current(identity.account_id)

    new = await lobby.refresh(old, access_token_ttl="600")

    assert new.session == old.session
    assert new.expires_in == 600
    assert (await lobby.access.identify(new.access_token)).session_id == old.session.id
    await elsewhere.companies.current(identity.account_id)
    assert elsewhere.access.peek(old.access_token) is None
    with refused("OAU-213"):
        await elsewhere.access.identify(old.access_token)


async def test_a_repeated_refresh_gives_the_same_tokens_while_nobody_uses_them(
    lobby: Lobby,
) -> None:
    old = await lobby.by_jwt()
    new = await lobby.refresh(old)

    lobby.clock.turn(59 * MINUTE)
    again = await lobby.refresh(old)
    lobby.clock.turn(2 * MINUTE)

    assert (again.access_token, again.refresh_token) == (new.access_token, new.refresh_token)
    assert again.expires_in == new.expires_in - 59 * 60
    with refused("OAU-211", "invalid_grant"):
        await lobby.refresh(old)


async def test_ten_seconds_after_the_first_use_the_old_refresh_token_is_dead(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    old = await lobby.by_jwt()
    new = await lobby.refresh(old)
    lobby.clock.turn(30 * MINUTE)
    await elsewhere.access.identify(new.access_token)

    lobby.clock.turn(10 * SECOND)
    again = await lobby.refresh(old)
    await lobby.access.identify(new.access_token)
    lobby.clock.turn(1)

    assert again.access_token == new.access_token
    with refused("OAU-211", "invalid_grant"):
        await lobby.refresh(old)
    assert (await lobby.refresh(new)).access_token != new.access_token


async def test_a_refresh_token_is_dead_once_its_successor_was_used(lobby: Lobby) -> None:
    old = await lobby.by_jwt()
    new = await lobby.refresh(old)

    newest = await lobby.refresh(new)

    with refused("OAU-213", "invalid_grant"):
        await lobby.refresh(old)
    assert (await lobby.refresh(new)).access_token == newest.access_token


async def test_racing_refreshes_get_the_same_new_tokens(lobby: Lobby, elsewhere: Lobby) -> None:
    old = await lobby.by_jwt()

    raced = await asyncio.gather(*(house.refresh(old) for house in (lobby, elsewhere) * 8))

    assert len({(issued.access_token, issued.refresh_token) for issued in raced}) == 1
    await lobby.access.identify(raced[0].access_token)


async def test_a_refresh_token_expires(lobby: Lobby) -> None:
    issued = await lobby.by_jwt(refresh_token_ttl="7200")

    lobby.clock.turn(2 * HOUR)

    with refused("OAU-211", "invalid_grant"):
        await lobby.refresh(issued)


async def test_a_refresh_token_is_only_good_for_its_own_app(lobby: Lobby) -> None:
    issued = await lobby.by_jwt()
    assert issued.refresh_token is not None

    with refused("OAU-213", "invalid_grant"):
        await lobby.grant(
            Grant.REFRESH_TOKEN,
            None,
            client_id=lobby.values["RC_PUBLIC_CLIENT_ID"],
            refresh_token=issued.refresh_token,
        )


async def test_an_access_token_does_not_refresh(lobby: Lobby) -> None:
    issued = await lobby.by_jwt()

    with refused("OAU-213", "invalid_grant"):
        await lobby.grant(Grant.REFRESH_TOKEN, refresh_token=issued.access_token)
