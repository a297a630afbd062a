from typing import Any

from sqlalchemy import Table, select

from postroom.store.statements import Statement
from postroom.store.tables import metadata
from tests.directory.lobby import Lobby
from tests.directory.test_authorization import asked, code_of


async def test_no_token_code_password_or_secret_is_in_the_database(lobby: Lobby) -> None:
    issued = await lobby.refresh(await lobby.by_jwt())
    code = await code_of(lobby, await asked(lobby))
    secrets = [
        value
        for name, value in lobby.values.items()
        if name.startswith("RC_USER_JWT") or name.endswith(("_SECRET", "_PASSWORD"))
    ]

    held = b"\0".join([await _dump(lobby, table) for table in metadata.sorted_tables])

    for secret in (issued.access_token, issued.refresh_token or "", code, *secrets):
        assert secret
        assert secret.encode() not in held
    assert lobby.values["RC_CLIENT_ID"].encode() in held


async def _dump(lobby: Lobby, table: Table) -> bytes:
    rows = await lobby.store.fetch(Statement(select(table)))
    return b"\0".join(_octets(value) for row in rows for value in row)


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
