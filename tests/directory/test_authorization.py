import asyncio
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from postroom.directory.authorization import Asked, SentBack
from postroom.directory.issuing import Issued
from postroom.model.errors import OAuthError
from postroom.model.extension import ExtensionStatus
from postroom.model.oauth import Grant
from tests.directory.lobby import SECOND, Lobby
from tests.directory.provisioned import set_status
from tests.directory.refusals import refused

VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
S256 = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


async def asked(lobby: Lobby, app: str = "RC_CLIENT_ID", **more: str) -> Asked:
    """What an app asks for; an empty value leaves a parameter out."""
    wish = {
        "response_type": "code",
        "client_id": lobby.values[app],
        "redirect_uri": lobby.values["RC_REDIRECT_URI"],
        "state": "s&1",
        **more,
    }
    return await lobby.authorization.read({name: value for name, value in wish.items() if value})


async def code_of(lobby: Lobby, wish: Asked) -> str:
    """Log Ada in, and take the code out of where she is sent to."""
    location = await lobby.authorization.log_in(
        wish, "+16505550101", None, lobby.values["RC_PASSWORD"]
    )
    return parse_qs(urlsplit(location).query)["code"][0]


async def redeem(lobby: Lobby, code: str, **form: str) -> Issued:
    """Bring a code back as the confidential app."""
    form = {"redirect_uri": lobby.values["RC_REDIRECT_URI"], **form}
    form = {name: value for name, value in form.items() if value}
    return await lobby.grant(Grant.AUTHORIZATION_CODE, code=code, **form)


async def redeem_as_public(lobby: Lobby, code: str, **form: str) -> Issued:
    """Bring a code back as the app without a secret."""
    return await lobby.grant(
        Grant.AUTHORIZATION_CODE,
        None,
        client_id=lobby.values["RC_PUBLIC_CLIENT_ID"],
        code=code,
        redirect_uri=lobby.values["RC_REDIRECT_URI"],
        **form,
    )


async def test_a_user_is_sent_back_with_code_state_and_life(lobby: Lobby) -> None:
    location = await lobby.authorization.log_in(
        await asked(lobby), "+16505550100", "101", lobby.values["RC_PASSWORD"]
    )

    place, _, query = location.partition("?")
    values = parse_qs(query)
    assert place == lobby.values["RC_REDIRECT_URI"]
    assert (values["state"], values["expires_in"]) == (["s&1"], ["60"])
    assert set(values) == {"code", "state", "expires_in"}


async def test_a_code_logs_its_user_in(lobby: Lobby) -> None:
    issued = await redeem(lobby, await code_of(lobby, await asked(lobby)))

    assert issued.session.extension_id == (await lobby.extension("101")).id
    await lobby.access.identify(issued.access_token)


async def test_a_code_used_twice_is_refused_and_ends_the_session_that_came_from_it(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    code = await code_of(lobby, await asked(lobby))
    issued = await redeem(lobby, code)
    identity = await elsewhere.access.identify(issued.access_token)
    await elsewhere.companies.get(identity.account_id)

    with refused("OAU-106", "invalid_grant"):
        await redeem(lobby, code)

    await elsewhere.companies.current(identity.account_id)
    assert elsewhere.access.peek(issued.access_token) is None
    with refused("OAU-213"):
        await lobby.access.identify(issued.access_token)
    with refused("OAU-211"):
        await lobby.refresh(issued)


async def test_of_racing_redemptions_one_wins_at_most(lobby: Lobby, elsewhere: Lobby) -> None:
    code = await code_of(lobby, await asked(lobby))

    raced = await asyncio.gather(
        *(redeem(house, code) for house in (lobby, elsewhere) * 4), return_exceptions=True
    )

    won = [one for one in raced if isinstance(one, Issued)]
    lost = [one.code for one in raced if isinstance(one, OAuthError)]
    assert (len(won), lost) == (1, ["OAU-106"] * 7)
    with refused("OAU-213"):
        await lobby.access.identify(won[0].access_token)


async def test_a_code_lives_for_a_minute(lobby: Lobby) -> None:
    early, late = [await code_of(lobby, await asked(lobby)) for _ in range(2)]

    lobby.clock.turn(60 * SECOND - 1)
    await redeem(lobby, early)
    lobby.clock.turn(1)

    with refused("OAU-108", "invalid_grant"):
        await redeem(lobby, late)


async def test_a_code_is_only_good_for_its_app_and_its_redirect_uri(lobby: Lobby) -> None:
    code = await code_of(lobby, await asked(lobby))

    with refused("OAU-110", "invalid_grant"):
        await redeem_as_public(lobby, code)
    with refused("OAU-109", "invalid_grant"):
        await redeem(lobby, code, redirect_uri="http://127.0.0.1:8088/elsewhere")
    with refused("OAU-109", "invalid_grant"):
        await redeem(lobby, code, redirect_uri="")
    with refused("OAU-106", "invalid_grant"):
        await redeem(lobby, "never-given")
    await redeem(lobby, code)


async def test_an_app_with_one_redirect_uri_need_not_name_it(lobby: Lobby) -> None:
    code = await code_of(lobby, await asked(lobby, redirect_uri=""))

    await redeem(lobby, code, redirect_uri="")


@pytest.mark.parametrize(
    "challenge",
    [
        S256,
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": VERIFIER},
    ],
)
async def test_a_public_app_proves_itself_with_a_verifier(
    lobby: Lobby, challenge: dict[str, str]
) -> None:
    code = await code_of(lobby, await asked(lobby, "RC_PUBLIC_CLIENT_ID", **challenge))

    for wrong in ({}, {"code_verifier": "w" * 43}, {"code_verifier": CHALLENGE}):
        with refused("OAU-106", "invalid_grant"):
            await redeem_as_public(lobby, code, **wrong)
    issued = await redeem_as_public(lobby, code, code_verifier=VERIFIER)

    assert issued.session.client_id == lobby.values["RC_PUBLIC_CLIENT_ID"]


async def test_a_verifier_without_a_challenge_is_refused(lobby: Lobby) -> None:
    code = await code_of(lobby, await asked(lobby))

    with refused("OAU-106", "invalid_grant"):
        await redeem(lobby, code, code_verifier=VERIFIER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": ""},
        {"client_id": "nobody"},
        {"redirect_uri": "https://thief.example/callback"},
        {"redirect_uri": "http://127.0.0.1:8088/demo/callback/"},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(
    lobby: Lobby, wrong: dict[str, str]
) -> None:
    with pytest.raises(OAuthError):
        await asked(lobby, **wrong)


@pytest.mark.parametrize(
    ("app", "wrong", "error"),
    [
        ("RC_CLIENT_ID", {"response_type": ""}, "invalid_request"),
        ("RC_CLIENT_ID", {"response_type": "token"}, "unsupported_response_type"),
        (
            "RC_CLIENT_ID",
            {"code_challenge_method": "S512", "code_challenge": "x"},
            "invalid_request",
        ),
        ("RC_CLIENT_ID", {"code_challenge": "no spaces"}, "invalid_request"),
        ("RC_PUBLIC_CLIENT_ID", {}, "invalid_request"),
    ],
)
async def test_other_mistakes_are_told_to_the_application(
    lobby: Lobby, app: str, wrong: dict[str, str], error: str
) -> None:
    with pytest.raises(SentBack) as caught:
        await asked(lobby, app, **wrong)

    place, _, query = caught.value.location.partition("?")
    values = parse_qs(query)
    assert place == lobby.values["RC_REDIRECT_URI"]
    assert (values["error"], values["state"]) == ([error], ["s&1"])
    assert values["error_description"]


async def test_a_disabled_extension_gets_no_code_and_redeems_none(lobby: Lobby) -> None:
    wish = await asked(lobby)
    await lobby.set_password("102", "what Ben knows")
    location = await lobby.authorization.log_in(wish, "+16505550102", None, "what Ben knows")
    code = parse_qs(urlsplit(location).query)["code"][0]

    await set_status(lobby, "102", ExtensionStatus.DISABLED)

    with refused("OAU-141", "invalid_grant"):
        await redeem(lobby, code)
    with refused("OAU-141", "invalid_grant"):
        await lobby.authorization.log_in(wish, "+16505550102", None, "what Ben knows")
