"""Commands are processes beside a running server, which obeys from its next request on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from tests.cli.desk import Desk
from tests.databases import ENGINES, Postgres
from tests.server import MINE, Server, running

OUTSIDE = "+14155550123"


@pytest.fixture(scope="module", params=ENGINES)
async def database(request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """The DSN of an empty database; `None` for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    dsn = await postgres.database(empty=True)
    yield dsn
    await postgres.drop(dsn)


@pytest.fixture(scope="module")
async def server(
    database: str | None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    async with running(tmp_path_factory.mktemp("data"), dsn=database) as server:
        yield server


@pytest.fixture
def desk(server: Server, database: str | None) -> Desk:
    return Desk(folder=server.folder, dsn=database)


async def log_in_with(server: Server, client_id: str, secret: str, jwt: str) -> tuple[int, str]:
    """The status of the token endpoint's answer, and the token."""
    answer = await server.http.post(
        "/restapi/oauth/token",
        auth=(client_id, secret),
        data={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": jwt},
    )
    return answer.status_code, str(answer.json().get("access_token"))


async def test_who_is_frozen_by_a_command_is_out_with_the_next_request(
    server: Server, desk: Desk
) -> None:
    token = await server.log_in(102)
    before = await server.call(token, "GET", MINE)

    await asyncio.to_thread(desk.run, "extension", "set", "102", "--status", "frozen")
    frozen = await server.call(token, "GET", MINE)
    await asyncio.to_thread(desk.run, "extension", "set", "102", "--status", "enabled")
    thawed = await server.call(token, "GET", MINE)

    assert before.status_code == 200
    assert (frozen.status_code, frozen.json()["errorCode"]) == (401, "OAU-141")
    assert thawed.status_code == 200


async def test_a_new_extension_with_a_new_credential_logs_in_at_once(
    server: Server, desk: Desk
) -> None:
    await asyncio.to_thread(desk.run, "extension", "add", "301", "New Person")
    jwt = (await asyncio.to_thread(desk.run, "jwt", "add", "301")).strip()
    app = server.values["RC_CLIENT_ID"], server.values["RC_CLIENT_SECRET"]

    status, token = await log_in_with(server, *app, jwt)
    mine = await server.call(token, "GET", MINE)
    await asyncio.to_thread(desk.run, "jwt", "revoke", "301")
    ended = await server.call(token, "GET", MINE)

    assert status == 200
    assert mine.json()["extensionNumber"] == "301"
    assert ended.status_code == 401
    assert (await log_in_with(server, *app, jwt))[0] == 400


async def test_the_sessions_of_a_removed_app_end_at_once(server: Server, desk: Desk) -> None:
    app = await asyncio.to_thread(desk.values, "app", "add", "Short-lived")
    jwt = server.values["RC_USER_JWT"]
    _, token = await log_in_with(server, app["client id"], app["client secret"], jwt)
    others = await server.log_in(101)
    before = await server.call(token, "GET", MINE)

    await asyncio.to_thread(desk.run, "app", "remove", app["client id"])

    assert before.status_code == 200
    assert (await server.call(token, "GET", MINE)).status_code == 401
    assert (await server.call(others, "GET", MINE)).status_code == 200


async def test_a_participant_who_leaves_by_command_reads_nothing_any_more(
    server: Server, desk: Desk
) -> None:
    ada, cleo = await server.log_in(101), await server.log_in(103)
    body = {"to": [{"extensionNumber": "103"}], "text": "Hello"}
    page = (await server.call(ada, "POST", "company-pager", json=body)).json()
    [mine] = (await server.call(cleo, "GET", "message-store")).json()["records"]

    await asyncio.to_thread(desk.run, "participant", "remove", page["id"], "103")
    gone = await server.call(cleo, "GET", f"message-store/{mine['id']}")
    await asyncio.to_thread(desk.run, "participant", "add", page["id"], "103")
    again = await server.call(cleo, "GET", f"message-store/{mine['id']}")

    assert gone.status_code == 403
    assert again.status_code == 200


async def test_an_sms_is_simulated_into_a_mailbox(server: Server, desk: Desk) -> None:
    words = ("simulate", "sms", "--from", OUTSIDE, "--to", "+16505550103", "--text", "Knock")

    await asyncio.to_thread(desk.run, *words)

    cleo = await server.log_in(103)
    received = await server.call(cleo, "GET", "message-store", params={"messageType": "SMS"})
    [sms] = received.json()["records"]
    assert sms["subject"] == "Knock"
    assert sms["from"]["phoneNumber"] == OUTSIDE


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_backup_of_a_server_under_way_has_what_it_acknowledged(
    server: Server, desk: Desk, tmp_path: Path
) -> None:
    token = await server.log_in(101)
    stop = asyncio.Event()
    acknowledged: set[int] = set()

    async def send() -> None:
        body = {"to": [{"extensionNumber": "107"}], "text": "Hello"}
        while not stop.is_set():
            answer = await server.call(token, "POST", "company-pager", json=body)
            acknowledged.add(int(answer.json()["id"]))

    await send_once(server, token, acknowledged)
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(send())
        before = set(acknowledged)
        await asyncio.to_thread(desk.run, "backup", str(tmp_path / "backup.db"))
        stop.set()

    connection = apsw.Connection(str(tmp_path / "backup.db"))
    copied = {row[0] for row in connection.execute("SELECT id FROM message")}
    assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
    connection.close()
    assert before <= copied
    assert len(acknowledged) > len(before)


async def send_once(server: Server, token: str, acknowledged: set[int]) -> None:
    body = {"to": [{"extensionNumber": "107"}], "text": "First"}
    answer = await server.call(token, "POST", "company-pager", json=body)
    acknowledged.add(int(answer.json()["id"]))
