"""`postroom sweep` and what an account keeps, beside a running server."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from postroom.wire.times import iso
from tests.cli.desk import Desk
from tests.server import MINE, Server, running

DAY_MS = 86_400_000


@pytest.fixture
async def server(tmp_path: Path, dsn: str | None) -> AsyncIterator[Server]:
    async with running(tmp_path, dsn=dsn) as server:
        yield server


@pytest.fixture
def desk(server: Server, dsn: str | None) -> Desk:
    return Desk(folder=server.folder, dsn=dsn, apart=dsn is not None)


async def ask(desk: Desk, *words: str | int) -> str:
    return await asyncio.to_thread(desk.run, *words)


async def listed(desk: Desk, *words: str | int) -> list[dict[str, Any]]:
    return await asyncio.to_thread(desk.list, *words)


def days_ahead(days: float) -> str:
    return iso(int(time.time() * 1000 + days * DAY_MS))


async def boxes(server: Server, token: str, availability: str) -> list[dict[str, Any]]:
    path = f"{MINE}/message-store?availability={availability}&dateFrom=2020-01-01"
    records: list[dict[str, Any]] = (await server.call(token, "GET", path)).json()["records"]
    return records


@pytest.mark.slow
async def test_a_dry_run_says_what_a_sweep_then_does(server: Server, desk: Desk) -> None:
    token = await server.log_in(101)
    body = {"to": [{"extensionNumber": "102"}], "text": "Hello"}
    ids = [
        (await server.call(token, "POST", f"{MINE}/company-pager", json=body)).json()["id"]
        for _ in range(3)
    ]
    for id in ids[:2]:
        await server.call(token, "DELETE", f"{MINE}/message-store/{id}")

    now = await listed(desk, "sweep", "--dry-run")
    told = await listed(desk, "sweep", "--dry-run", "--verbose", "--at", days_ahead(6))
    still = await boxes(server, token, "Deleted")
    said = await ask(desk, "sweep", "--at", days_ahead(6))

    assert now == []
    assert len(still) == 2
    [row] = told
    assert (row["extension"], row["becomes"], row["count"]) == ("101", "purged", 2)
    assert row["why"].startswith("deleted 5 days ago or more")
    assert sorted(row["ids"]) == sorted(ids[:2])
    assert said.startswith("2 messages")
    assert {one["id"] for one in await boxes(server, token, "Purged")} == set(ids[:2])
    assert [one["id"] for one in await boxes(server, token, "Alive")] == [ids[2]]

    await ask(desk, "sweep", "--at", days_ahead(12))
    assert await boxes(server, token, "Purged") == []


@pytest.mark.slow
async def test_an_account_keeps_what_it_chose(server: Server, desk: Desk) -> None:
    words = ("--texts", 1, "--deleted-days", 2, "--retention-days", 10)
    await ask(desk, "account", "set", *words)
    [account] = await listed(desk, "account", "list")
    token = await server.log_in(101)
    body = {"to": [{"extensionNumber": "102"}], "text": "Hello"}
    for _ in range(3):
        await server.call(token, "POST", f"{MINE}/company-pager", json=body)

    told = await listed(desk, "sweep", "--dry-run")
    swept = await asyncio.to_thread(desk.ask, "sweep")
    await ask(desk, "account", "set", "--texts", "default")
    [after] = await listed(desk, "account", "list")

    assert account["keeping"] == ["deleted_days=2", "retention_days=10", "texts=1"]
    assert {(row["extension"], row["count"], row["why"]) for row in told} == {
        ("101", 2, "quota: 1 sent texts"),
        ("102", 2, "quota: 1 received texts"),
    }
    assert swept.status == 0
    assert len(await boxes(server, token, "Alive")) == 1
    assert len(await boxes(server, token, "Deleted")) == 2
    assert after["keeping"] == ["deleted_days=2", "retention_days=10"]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_what_cannot_be_is_refused(server: Server, desk: Desk) -> None:
    for words, sentence in (
        (("sweep", "--at", "tomorrow"), "tomorrow is no time; write 2026-12-24T18:00Z"),
        (("sweep", "--account", 5), "there is no account 5"),
        (("account", "set", "--deleted-days", 0), "--deleted-days is a number from 1 to 3650"),
        (("account", "set", "--retention-days", 91), "--retention-days is a number from 0 to 90"),
    ):
        assert await asyncio.to_thread(desk.refused, *words) == sentence


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_file_is_written_anew_beside_the_server(server: Server, desk: Desk) -> None:
    said = await ask(desk, "compact")

    token = await server.log_in(101)
    assert "octets; it had" in said
    assert await boxes(server, token, "Alive") == []
