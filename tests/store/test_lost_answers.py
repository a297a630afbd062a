"""A commit whose answer is lost is unknown, not failed: it is looked up, or written once more."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from postroom.store import queue
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement
from postroom.store.tables import message
from tests.databases import Postgres
from tests.store import office
from tests.store.cutting import wired

IDS = Statement(select(message.c.id))


@pytest.mark.parametrize("units", [512, 4])
@pytest.mark.parametrize("cut", ["before", "after"])
async def test_what_was_on_its_way_is_there_exactly_once(
    postgres: Postgres, cut: str, units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few units in a batch the commit that is cut has begun the next transaction as well."""
    monkeypatch.setattr(queue, "BATCH_UNITS", units)
    dsn = await postgres.database()
    async with wired(dsn) as (wire, through):
        store = Store(StoreSettings(dsn=through, writers=1))
        await store.open()
        await office.furnish(store)
        for _ in range(5):
            wire.cut = cut
            filings = [office.filing(dispatch=True) for _ in range(20)]
            await asyncio.gather(*map(store.file, filings))
        found = Counter(row[0] for row in await store.fetch(IDS))
        await store.close()

    assert wire.cuts == 5
    assert (wire.chained > 0) == (units == 4)
    assert len(found) == 100
    assert set(found.values()) == {1}
    await postgres.drop(dsn)
