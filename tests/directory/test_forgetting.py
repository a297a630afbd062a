from sqlalchemy import func, select

from postroom.store.statements import Statement
from postroom.store.tables import authorization_code, login_failure, session, token
from postroom.workers.forgetting import Forgetting
from tests.directory.lobby import HOUR, Lobby
from tests.directory.refusals import refused
from tests.directory.test_authorization import asked, code_of

COUNTS = {
    table.name: Statement(select(func.count()).select_from(table))
    for table in (session, token, authorization_code, login_failure)
}
DAY = 24 * HOUR


async def count(lobby: Lobby, table: str) -> int:
    """How many rows there are."""
    [[rows]] = await lobby.store.fetch(COUNTS[table])
    return int(rows)


async def test_what_expired_long_ago_is_forgotten_and_nothing_else(lobby: Lobby) -> None:
    old = await lobby.by_jwt(refresh_token_ttl="3600")
    lobby.clock.turn(DAY + HOUR)
    kept = await lobby.by_jwt()
    lobby.clock.turn(1)

    assert await Forgetting(lobby.store, lobby.clock).step() == 3

    with refused("OAU-213"):
        await lobby.access.identify(old.access_token)
    await lobby.access.identify(kept.access_token)
    assert (await count(lobby, "session"), await count(lobby, "token")) == (1, 2)


async def test_codes_and_failures_are_forgotten_too(lobby: Lobby) -> None:
    await code_of(lobby, await asked(lobby))
    with refused("OAU-140"):
        await lobby.by_password("+16505550101", "wrong")
    worker = Forgetting(lobby.store, lobby.clock)

    assert await worker.step() == 0
    lobby.clock.turn(DAY + HOUR)

    assert await worker.step() == 2
    assert await count(lobby, "authorization_code") == await count(lobby, "login_failure") == 0
