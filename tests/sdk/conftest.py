"""A database for each SDK, on both engines."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Postgres


@pytest.fixture
async def dsn(engine: str, request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """The DSN of an empty PostgreSQL database; `None` for SQLite."""
    if engine == "sqlite":
        yield None
        return
    server: Postgres = request.getfixturevalue("postgres")
    dsn = await server.database(empty=True)
    yield dsn
    await server.drop(dsn)
