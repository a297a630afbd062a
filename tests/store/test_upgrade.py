"""A database of the first release, with ten thousand messages, is brought up to date."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import pytest

from postroom.app.house import built
from postroom.model.ids import AccountId
from postroom.store import migrations
from postroom.store.database import Store, StoreSettings, migrate
from tests.databases import Postgres
from tests.mailbox.sweeping import check_books
from tests.office import Clock, Office, settings_for
from tests.store import first_release as first

SQLITE_SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public'
"""
INDEXES = "SELECT indexdef, 1 FROM pg_indexes WHERE schemaname = 'public'"


@pytest.fixture
async def old(engine: str, tmp_path: Path, dsn: str | None) -> StoreSettings:
    """A database of the first release."""
    path = tmp_path / "postroom.db" if engine == "sqlite" else None
    settings = StoreSettings(path=path, dsn=dsn)
    await first.write(settings)
    return settings


async def ask(settings: StoreSettings, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement, without the program."""
    if settings.dsn is None:
        connection = apsw.Connection(str(settings.path))
        found = [tuple(row) for row in connection.execute(statement)]
        connection.close()
        return found
    server = await asyncpg.connect(settings.dsn)
    found = [tuple(row) for row in await server.fetch(statement)]
    await server.close()
    return found


async def schema(settings: StoreSettings) -> set[tuple[Any, ...]]:
    """Tables, columns and indexes."""
    asked = (SQLITE_SCHEMA,) if settings.dsn is None else (COLUMNS, INDEXES)
    return {row for statement in asked for row in await ask(settings, statement)}


async def content(settings: StoreSettings) -> dict[str, Counter[tuple[Any, ...]]]:
    """What stands in the tables and columns of the first release."""
    return {
        table: Counter(await ask(settings, f'SELECT {", ".join(of[0])} FROM "{table}"'))
        for table, of in first.rows().items()
    }


def written() -> dict[str, Counter[tuple[Any, ...]]]:
    """What the first release wrote."""
    return {table: Counter(tuple(row.values()) for row in of) for table, of in first.rows().items()}


async def test_nothing_is_lost_and_nothing_is_changed(old: StoreSettings) -> None:
    taken = await migrate(old)

    assert taken == [number for number in migrations.numbers() if number > 1]
    assert await content(old) == written()
    store = Store(old)
    await store.open()
    await check_books(store, AccountId(first.ACCOUNT))
    await store.close()
    assert await migrate(old) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_on_sqlite_the_schema_is_that_of_a_new_database(
    old: StoreSettings, tmp_path: Path
) -> None:
    new = StoreSettings(path=tmp_path / "new.db")
    await migrate(new)

    await migrate(old)

    assert await schema(old) == await schema(new)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_on_postgresql_the_schema_is_that_of_a_new_database(
    old: StoreSettings, postgres: Postgres
) -> None:
    new = StoreSettings(dsn=await postgres.database())

    await migrate(old)

    assert await schema(old) == await schema(new)
    assert new.dsn is not None
    await postgres.drop(new.dsn)


async def test_a_step_that_fails_leaves_the_old_database(
    old: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await schema(old)
    _, second, *_ = migrations.missing(1)
    render = migrations.render

    def failing(number: int, engine: str) -> list[str]:
        statements = render(number, engine)
        return [*statements, "SELECT * FROM nowhere"] if number == second else statements

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "render", failing)
        with pytest.raises((apsw.SQLError, asyncpg.UndefinedTableError)):
            await migrate(old)

    assert await schema(old) == before
    assert await ask(old, migrations.READ_VERSION) == [(1,)]
    assert await content(old) == written()
    assert await migrate(old) == migrations.missing(1)


@contextlib.asynccontextmanager
async def serving(old: StoreSettings, folder: Path) -> AsyncIterator[Office]:
    """A house on the upgraded database, and Ada with the token that she had before."""
    await migrate(old)
    store, clock = Store(old), Clock()
    await store.open()
    async with built(settings_for(folder), store, clock) as house:
        await house.counter.blobs.put(first.PICTURE_KEY, first.PICTURE)
        office = Office(house, {}, clock)
        office._tokens["101"] = first.TOKEN
        yield office
        await office.http.aclose()
    await store.close()


def of_ada(availability: int) -> list[dict[str, Any]]:
    """What Ada has, newest first."""
    return [
        one
        for one in reversed(first.rows()["message"])
        if one["extension_id"] == first.ADA and one["availability"] == availability
    ]


@pytest.mark.parametrize("name", ["Alive", "Deleted", "Purged"])
async def test_lists_and_totals_are_as_before(
    old: StoreSettings, tmp_path: Path, name: str
) -> None:
    expected = of_ada(["Alive", "Deleted", "Purged"].index(name))
    asked = {"availability": name, "dateFrom": "2020-01-01T00:00:00Z", "perPage": 100, "page": 2}

    async with serving(old, tmp_path) as office:
        answer = (await office.call(101, "GET", "message-store", params=asked)).json()

    assert answer["paging"]["totalElements"] == len(expected)
    assert [(one["id"], one["conversation"]["id"]) for one in answer["records"]] == [
        (one["id"], str(one["conversation_id"])) for one in expected[100:200]
    ]
    if name == "Alive":
        texts = [one["subject"] for one in answer["records"]]
        assert texts == [one["subject"] for one in expected[100:200]]


async def test_objects_are_served_and_clients_synchronize(
    old: StoreSettings, tmp_path: Path
) -> None:
    asked = {"syncType": "FSync", "recordCount": 250, "dateFrom": "2020-01-01T00:00:00Z"}

    async with serving(old, tmp_path) as office:
        picture = await office.call(101, "GET", f"message-store/{first.FIRST_ID}/content/2")
        whole = (await office.call(101, "GET", "message-sync", params=asked)).json()
        newest = whole["records"][0]["id"]
        await office.call(101, "DELETE", f"message-store/{newest}")
        again = {"syncType": "ISync", "syncToken": whole["syncInfo"]["syncToken"]}
        news = (await office.call(101, "GET", "message-sync", params=again)).json()

    assert (picture.status_code, picture.content) == (200, first.PICTURE)
    ids = [one["id"] for one in whole["records"]]
    assert ids == [one["id"] for one in of_ada(first.ALIVE)[: len(ids)]]
    assert len(ids) >= 250
    assert [(one["id"], one["availability"]) for one in news["records"]] == [(newest, "Deleted")]


@pytest.mark.slow
async def test_old_texts_are_found_and_what_waited_is_settled(
    old: StoreSettings, tmp_path: Path
) -> None:
    [waiting, *_] = [
        one
        for one in first.rows()["message"]
        if one["status"] == first.QUEUED and one["extension_id"] == first.ADA
    ]
    asked = {"search": "grosser 400", "dateFrom": "2020-01-01T00:00:00Z"}

    async with serving(old, tmp_path) as office:
        working = asyncio.create_task(office.house.work())
        for _ in range(1000):  # a carrier takes it, or it is told as failed for its age
            answer = await office.call(101, "GET", f"message-store/{waiting['id']}")
            if answer.json()["messageStatus"] != "Queued":
                break
            await asyncio.sleep(0.02)
        assert answer.json()["messageStatus"] != "Queued"
        for _ in range(1000):
            if found := await office.inbox(101, **asked):
                break
            await asyncio.sleep(0.05)
        working.cancel()
        await asyncio.wait([working])

    texts = {one["id"]: one["subject"] for one in of_ada(first.ALIVE)}
    assert all(texts[one["id"]] == one["subject"] for one in found)
    assert any(one["subject"].startswith("Message 400 ") for one in found)
