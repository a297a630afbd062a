"""What a dry run tells of is what the next sweep does: the same messages, and no others."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from postroom.mailbox import due, forecast
from postroom.model.lifecycle import Step
from postroom.model.message import Availability, Direction, MessageType, ReadStatus
from postroom.store.database import Store, StoreSettings
from tests.mailbox import sweeping
from tests.mailbox.sweeping import ALIVE, DELETED, PURGED, Hands, mark, where
from tests.store import office

KEEPING = msgspec.structs.replace(sweeping.SMALL, retention_days=8)
PLACES = {Step.EVICT: DELETED, Step.PURGE: PURGED, Step.FORGET: None}


@pytest.fixture
async def small(store_settings: StoreSettings) -> AsyncIterator[Store]:
    """A store whose mailboxes hold little, and faxes for a week."""
    settings = StoreSettings(path=store_settings.path, dsn=store_settings.dsn, keeping=KEEPING)
    store = Store(settings)
    await store.open()
    await office.furnish(store)
    yield store
    await store.close()


async def lived_in(store: Store, chance: random.Random, clock: Hands) -> None:
    """Some days on which messages of all types come, are read and are deleted."""
    for _ in range(chance.randint(3, 12)):
        clock.forward(chance.choice([0.01, 0.5, 2.0, 3.1]))
        owner = chance.randint(1, 2)
        copies = [
            office.message(
                owner,
                type=chance.choice(list(MessageType)),
                direction=chance.choice(list(Direction)),
                now=clock() + n * 1000,
            )
            for n in range(chance.randint(1, 6))
        ]
        await store.file(office.filing(*copies))
        rows = await store.fetch(sweeping.MESSAGES, account_id=office.ACCOUNT)
        mine = [row[1] for row in rows if row[0] == owner]
        some = chance.sample(mine, min(len(mine), chance.randint(0, 5)))
        await mark(store, owner, some, clock(), read=chance.choice(list(ReadStatus)))
        some = chance.sample(mine, min(len(mine), chance.randint(0, 3)))
        await mark(store, owner, some, clock(), step=Step.DELETE)


async def foretold(store: Store, now_ms: int) -> dict[int, Availability]:
    """Where every message will be."""
    [account] = [one async for one in due.accounts(store, KEEPING)]
    places: dict[int, Availability | None] = dict(await where(store))
    aged = await forecast.ageing(store, account, now_ms)
    for one in aged:
        places |= dict.fromkeys(map(int, one.ids), PLACES[one.due.step])
    async for folder, _, ids in forecast.room(store, account, aged):
        places |= dict.fromkeys(map(int, ids), PLACES[folder.step])
    return {id: place for id, place in places.items() if place is not None}


@pytest.mark.parametrize("seed", range(12))
async def test_a_forecast_comes_true(small: Store, tmp_path: Path, seed: int) -> None:
    chance, clock = random.Random(seed), Hands()
    await lived_in(small, chance, clock)
    told = await foretold(small, clock())

    await sweeping.sweeper(small, tmp_path, clock, at_once=2).round(thorough=True)

    assert told == await where(small)


async def test_a_folder_with_read_and_unread_ones_is_told_as_a_whole(small: Store) -> None:
    ids = await sweeping.received(small, 8)
    await mark(small, 1, [ids[5], ids[6]], office.NOW, read=ReadStatus.READ)
    [account] = [one async for one in due.accounts(small, KEEPING)]

    [room] = [one async for one in forecast.room(small, account, [])]

    assert room.ids == [ids[5], ids[6], ids[0], ids[1], ids[2]]
    assert set((await where(small)).values()) == {ALIVE}
