import pytest

from postroom.model.errors import InvalidClient
from postroom.model.oauth import Grant
from tests.directory.lobby import Lobby, basic
from tests.directory.refusals import refused


async def test_an_app_may_send_its_id_beside_its_header(lobby: Lobby) -> None:
    issued = await lobby.by_jwt(client_id=lobby.values["RC_CLIENT_ID"])

    assert issued.session.client_id == lobby.values["RC_CLIENT_ID"]


async def test_two_different_apps_in_one_request_are_refused(lobby: Lobby) -> None:
    with refused("OAU-150", "invalid_request"):
        await lobby.by_jwt(client_id=lobby.values["RC_PUBLIC_CLIENT_ID"])


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (basic("nobody", "secret"), "OAU-153"),
        ("Basic !!!", "OAU-123"),
        ("Basic bm9jb2xvbg==", "OAU-123"),
        (basic("nul\0", "x"), "OAU-123"),
        ("Bearer abc", "OAU-151"),
    ],
)
async def test_a_header_that_proves_nothing_is_refused(
    lobby: Lobby, header: str, code: str
) -> None:
    with pytest.raises(InvalidClient) as caught:
        await lobby.grant(Grant.JWT_BEARER, header, assertion=lobby.values["RC_USER_JWT"])

    assert (caught.value.code, caught.value.by_header) == (code, True)


@pytest.mark.parametrize("secret", ["wrong", ""])
async def test_a_wrong_secret_is_refused(lobby: Lobby, secret: str) -> None:
    header = basic(lobby.values["RC_CLIENT_ID"], secret)

    with refused("OAU-153", "invalid_client"):
        await lobby.grant(Grant.JWT_BEARER, header, assertion=lobby.values["RC_USER_JWT"])


async def test_an_app_with_a_secret_must_show_it(lobby: Lobby) -> None:
    form = {"client_id": lobby.values["RC_CLIENT_ID"], "assertion": lobby.values["RC_USER_JWT"]}

    with pytest.raises(InvalidClient) as caught:
        await lobby.grant(Grant.JWT_BEARER, None, **form)

    assert (caught.value.code, caught.value.by_header) == ("OAU-146", False)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "OAU-146"),
        ({"client_id": "nobody"}, "OAU-153"),
        ({"client_assertion": "a.b.c", "client_assertion_type": "jwt-bearer"}, "OAU-151"),
    ],
)
async def test_a_request_of_no_known_app_is_refused(
    lobby: Lobby, form: dict[str, str], code: str
) -> None:
    with refused(code, "invalid_client"):
        await lobby.grant(Grant.JWT_BEARER, None, **form)


async def test_a_public_app_may_send_a_header_without_a_secret(lobby: Lobby) -> None:
    public = lobby.values["RC_PUBLIC_CLIENT_ID"]

    await lobby.sessions.revoke({"token": "x"}, basic(public, ""))

    with refused("OAU-153", "invalid_client"):
        await lobby.sessions.revoke({"token": "x"}, basic(public, "secret"))
