import asyncio

import pytest

from postroom.model.extension import ExtensionStatus
from postroom.store.credentials import judge
from tests.directory.lobby import HOUR, MINUTE, SECOND, Lobby
from tests.directory.provisioned import set_status
from tests.directory.refusals import refused


@pytest.mark.parametrize(
    ("username", "form"),
    [
        ("+16505550100", {"extension": "101"}),
        ("16505550100", {"extension": "101"}),
        (" 16505550100", {"extension": "101"}),
        ("+16505550100*101", {}),
        ("16505550100*101", {}),
        ("+1 (650) 555-0100", {"extension": "101"}),
        ("+16505550100", {}),
        ("+16505550101", {}),
        ("16505550101", {}),
        ("+16505550101", {"extension": "101"}),
        ("Ada@Demo.invalid", {}),
        ("ada@demo.invalid", {"extension": "101"}),
    ],
)
async def test_a_person_is_named_in_several_ways(
    lobby: Lobby, username: str, form: dict[str, str]
) -> None:
    issued = await lobby.by_password(username, lobby.values["RC_PASSWORD"], **form)

    assert issued.session.extension_id == (await lobby.extension("101")).id


async def test_a_direct_number_logs_in_its_owner(lobby: Lobby) -> None:
    await lobby.set_password("102", "what Ben knows")

    issued = await lobby.by_password("+16505550102", "what Ben knows")

    assert issued.session.extension_id == (await lobby.extension("102")).id


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("+16505550101", "wrong"),
        ("+16505550103", "has no password"),
        ("+14155550100", "nobody's number"),
        ("nobody@demo.invalid", "nobody's address"),
        ("Ada", "neither number nor address"),
        ("+16505550100*999", "no such extension"),
    ],
)
async def test_an_unknown_name_and_a_wrong_password_are_refused_alike(
    lobby: Lobby, username: str, password: str
) -> None:
    for _ in range(5):
        with refused("OAU-140", "invalid_grant"):
            await lobby.by_password(username, password)

    with refused("OAU-147", "invalid_grant"):
        await lobby.by_password(username, password)


async def test_an_address_that_two_people_share_needs_the_extension(lobby: Lobby) -> None:
    await lobby.set_password("102", "what Ben knows")
    await set_status(lobby, "102", ExtensionStatus.ENABLED, email="ada@demo.invalid")

    with refused("OAU-140"):
        await lobby.by_password("ada@demo.invalid", "what Ben knows")
    issued = await lobby.by_password("ada@demo.invalid", "what Ben knows", extension="102")

    assert issued.session.extension_id == (await lobby.extension("102")).id


async def test_only_the_right_password_tells_that_an_extension_is_disabled(lobby: Lobby) -> None:
    await lobby.set_password("105", "what Dana knows")

    with refused("OAU-140", "invalid_grant"):
        await lobby.by_password("+16505550105", "wrong")
    with refused("OAU-141", "invalid_grant"):
        await lobby.by_password("+16505550105", "what Dana knows")


async def test_the_lock_holds_for_every_name_of_a_person_and_grows(lobby: Lobby) -> None:
    right = lobby.values["RC_PASSWORD"]
    for _ in range(5):
        with refused("OAU-140"):
            await lobby.by_password("+16505550101", "wrong")

    with refused("OAU-147"):
        await lobby.by_password("ada@demo.invalid", right)
    lobby.clock.turn(MINUTE)
    with refused("OAU-140"):
        await lobby.by_password("+16505550101", "wrong")
    lobby.clock.turn(2 * MINUTE - SECOND)
    with refused("OAU-147"):
        await lobby.by_password("+16505550101", right)
    lobby.clock.turn(SECOND)
    await lobby.by_password("+16505550101", right)


async def test_a_right_password_makes_the_failures_before_it_forgotten(lobby: Lobby) -> None:
    right = lobby.values["RC_PASSWORD"]
    for _ in range(2):
        for _ in range(4):
            with refused("OAU-140"):
                await lobby.by_password("+16505550101", "wrong")
        await lobby.by_password("+16505550101", right)


async def test_guesses_made_at_once_do_not_slip_past_the_lock(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    guesses = await asyncio.gather(
        *(house.by_password("+16505550101", "wrong") for house in (lobby, elsewhere) * 8),
        return_exceptions=True,
    )

    codes = [getattr(guess, "code", None) for guess in guesses]
    assert codes.count("OAU-140") == 5
    assert codes.count("OAU-147") == 11


async def test_racing_judgements_are_made_one_after_the_other(
    lobby: Lobby, elsewhere: Lobby
) -> None:
    now = lobby.clock.now

    judged = await asyncio.gather(
        *(
            node.store.transact(lambda: judge(b"name", is_right=False, now=now))
            for node in (lobby, elsewhere) * 16
        )
    )

    assert [one.locked_ms > 0 for one in judged].count(False) == 5
    assert not any(one.opens for one in judged)


async def test_failures_of_yesterday_do_not_count(lobby: Lobby) -> None:
    for _ in range(4):
        with refused("OAU-140"):
            await lobby.by_password("+16505550101", "wrong")

    lobby.clock.turn(25 * HOUR)

    for _ in range(5):
        with refused("OAU-140"):
            await lobby.by_password("+16505550101", "wrong")
    with refused("OAU-147"):
        await lobby.by_password("+16505550101", "wrong")
