import pytest

from postroom.directory.access import Access
from postroom.model.extension import ExtensionStatus
from tests.directory.lobby import HOUR, Lobby
from tests.directory.provisioned import remove, set_status
from tests.directory.refusals import refused


async def test_a_token_stands_for_its_extension_app_and_scopes(lobby: Lobby) -> None:
    issued = await lobby.by_jwt("102", scope="SMS EditAccounts")

    identity = await lobby.access.identify(issued.access_token)

    ben = await lobby.extension("102")
    assert (identity.account_id, identity.extension_id) == (ben.account_id, ben.id)
    assert identity.client_id == lobby.values["RC_CLIENT_ID"]
    assert identity.scopes == {
        "SMS",
        "ReadMessages",
        "EditAccounts",
        "ReadAccounts",
        "EditExtensions",
    }


async def test_a_known_token_is_remembered_until_it_expires(lobby: Lobby) -> None:
    issued = await lobby.by_jwt()
    identity = await lobby.access.identify(issued.access_token)
    assert lobby.access.peek(issued.access_token) is None, "its company is not at hand yet"
    await lobby.companies.get(identity.account_id)

    assert lobby.access.peek(issued.access_token) is identity
    lobby.clock.turn(HOUR - 1)
    assert lobby.access.peek(issued.access_token) is identity
    lobby.clock.turn(1)

    assert lobby.access.peek(issued.access_token) is None
    with refused("OAU-128"):
        await lobby.access.identify(issued.access_token)


@pytest.mark.parametrize("token", ["", "two words", "a\0b", "ä", "x" * 5000])
async def test_what_cannot_be_a_token_is_not_looked_for(lobby: Lobby, token: str) -> None:
    with refused("OAU-149"):
        await lobby.access.identify(token)


async def test_unknown_tokens_and_refresh_tokens_open_nothing(lobby: Lobby) -> None:
    issued = await lobby.by_jwt()
    assert issued.refresh_token is not None

    for token in ("never-given", issued.refresh_token):
        with refused("OAU-213"):
            await lobby.access.identify(token)


@pytest.mark.parametrize("status", [ExtensionStatus.DISABLED, ExtensionStatus.FROZEN])
async def test_tokens_of_an_extension_stop_working_with_it_on_every_node(
    lobby: Lobby, elsewhere: Lobby, status: ExtensionStatus
) -> None:
    issued = await lobby.by_jwt("102")
    identity = await elsewhere.access.identify(issued.access_token)
    await elsewhere.companies.get(identity.account_id)
    assert elsewhere.access.peek(issued.access_token) is identity

    await set_status(lobby, "102", status)
    await elsewhere.companies.current(identity.account_id)

    assert elsewhere.access.peek(issued.access_token) is None
    with refused("OAU-141"):
        await elsewhere.access.identify(issued.access_token)
    with refused("OAU-141", "invalid_grant"):
        await lobby.refresh(issued)
    with refused("OAU-141", "invalid_grant"):
        await lobby.by_jwt("102")


async def test_tokens_of_an_extension_that_is_gone_open_nothing(lobby: Lobby) -> None:
    issued = await lobby.by_jwt("107")

    await remove(lobby, "107")

    with refused("OAU-136"):
        await lobby.access.identify(issued.access_token)
    with refused("OAU-136", "invalid_grant"):
        await lobby.refresh(issued)


async def test_the_least_used_tokens_are_forgotten_first(lobby: Lobby) -> None:
    access = Access(lobby.store, lobby.companies, lobby.clock, remembered=2)
    first, second, third = [(await lobby.by_jwt()).access_token for _ in range(3)]
    identity = await access.identify(first)
    await lobby.companies.get(identity.account_id)
    await access.identify(second)
    assert access.peek(first) is identity

    await access.identify(third)

    assert access.peek(first) is not None
    assert access.peek(second) is None
    assert access.peek(third) is not None
