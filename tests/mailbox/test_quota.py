"""A mailbox that is too full makes room: the oldest go, read ones first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from postroom.mailbox import due
from postroom.model.keeping import Choices, Keeping
from postroom.model.lifecycle import Step
from postroom.model.message import Direction, MessageType, ReadStatus
from postroom.observability import metrics
from postroom.store.codes import ChangeKind
from postroom.store.database import Store, StoreSettings
from tests.mailbox import sweeping
from tests.mailbox.sweeping import ALIVE, DELETED, PURGED, Hands, mark, received, where
from tests.store import office


@pytest.fixture
def keeping() -> Keeping:
    """Three texts per folder, two faxes, two voicemails."""
    return sweeping.SMALL


@pytest.fixture
async def small(store_settings: StoreSettings, keeping: Keeping) -> AsyncIterator[Store]:
    """A store whose mailboxes hold little."""
    settings = StoreSettings(path=store_settings.path, dsn=store_settings.dsn, keeping=keeping)
    store = Store(settings)
    await store.open()
    await office.furnish(store)
    yield store
    await store.close()


async def marks(store: Store) -> dict[int, int]:
    """Which mailboxes are marked as too full."""
    rows = await store.fetch(sweeping.BOXES, account_id=office.ACCOUNT)
    return {row[0]: row[2] for row in rows}


async def swept(store: Store, folder: Path, *, thorough: bool = False) -> None:
    await sweeping.sweeper(store, folder, Hands(), at_once=2).round(thorough=thorough)


async def test_the_batch_marks_and_the_sweeper_makes_room(small: Store, tmp_path: Path) -> None:
    await received(small, 3)
    assert await marks(small) == {1: 0, 2: 0, 3: 0}
    ids = [*await where(small), *await received(small, 4, now=office.NOW + 60_000)]
    assert await marks(small) == {1: 1, 2: 0, 3: 0}

    await swept(small, tmp_path)

    assert [id for id, place in (await where(small)).items() if place is ALIVE] == ids[4:]
    assert [id for id, place in (await where(small)).items() if place is DELETED] == ids[:4]
    assert await marks(small) == {1: 0, 2: 0, 3: 0}
    await sweeping.check_books(small)


async def test_read_ones_go_before_older_unread_ones(small: Store, tmp_path: Path) -> None:
    ids = await received(small, 6)
    await mark(small, 1, [ids[3], ids[5]], office.NOW, read=ReadStatus.READ)

    await swept(small, tmp_path)

    gone = {id for id, place in (await where(small)).items() if place is DELETED}
    assert gone == {ids[3], ids[5], ids[0]}


async def test_folders_are_counted_by_themselves(small: Store, tmp_path: Path) -> None:
    await received(small, 3)
    await received(small, 3, owner=2)
    await received(small, 2, type=MessageType.FAX)
    await received(small, 2, type=MessageType.VOICEMAIL)
    sent = [office.message(1, direction=Direction.OUTBOUND) for _ in range(3)]
    await small.file(office.filing(*sent))

    await swept(small, tmp_path, thorough=True)

    assert await marks(small) == {1: 0, 2: 0, 3: 0}
    assert set((await where(small)).values()) == {ALIVE}


async def test_texts_and_pages_share_a_folder(small: Store, tmp_path: Path) -> None:
    first = await received(small, 2, type=MessageType.PAGER)
    await received(small, 2, now=office.NOW + 60_000)

    await swept(small, tmp_path)

    assert [id for id, place in (await where(small)).items() if place is DELETED] == first[:1]


async def test_deleted_ones_beyond_twice_the_limit_are_purged_early(
    small: Store, tmp_path: Path
) -> None:
    ids = await received(small, 3)
    for n in range(1, 3):
        await mark(small, 1, ids, office.NOW, step=Step.DELETE)
        ids = await received(small, 3, now=office.NOW + n * 60_000)
    await swept(small, tmp_path, thorough=True)
    assert sorted((await where(small)).values()) == [ALIVE] * 3 + [DELETED] * 6

    await mark(small, 1, ids[:1], office.NOW, step=Step.DELETE)
    await swept(small, tmp_path)

    assert [place for _, place in sorted((await where(small)).items())].count(PURGED) == 1
    assert min(await where(small)) in [
        id for id, place in (await where(small)).items() if place is PURGED
    ]
    await sweeping.check_books(small)


@pytest.mark.parametrize("keeping", [Keeping(texts=0, faxes=0, voicemails=0)])
async def test_zero_means_any_number(small: Store, tmp_path: Path) -> None:
    await received(small, 30)
    await received(small, 30, type=MessageType.VOICEMAIL)

    await swept(small, tmp_path, thorough=True)

    assert set((await where(small)).values()) == {ALIVE}


async def test_a_limit_that_became_smaller_is_found_by_a_thorough_round(
    small: Store, tmp_path: Path
) -> None:
    small.engine.keeping = Keeping()
    ids = await received(small, 5)
    assert await marks(small) == {1: 0, 2: 0, 3: 0}

    await swept(small, tmp_path, thorough=True)

    assert [id for id, place in (await where(small)).items() if place is DELETED] == ids[:2]


async def test_nodes_that_make_room_at_once_let_each_message_go_once(
    small: Store, tmp_path: Path
) -> None:
    ids = await received(small, 40)
    ageing = sweeping.sweeper(small, tmp_path, Hands(), at_once=5).ageing
    [found] = [one async for one in due.accounts(small, ageing.house)]

    async def make_room() -> None:
        async for _ in ageing.pieces(found, office.NOW):
            await asyncio.sleep(0)

    await asyncio.gather(*(make_room() for _ in range(4)))

    places = await where(small)
    assert [places[id] for id in ids] == [PURGED] * 31 + [DELETED] * 6 + [ALIVE] * 3
    seen = await sweeping.changes(small)
    assert [seen[id, ChangeKind.UPDATED.value] for id in ids] == [2] * 31 + [1] * 6 + [0] * 3


async def test_room_that_was_made_is_counted(small: Store, tmp_path: Path) -> None:
    before = metrics.swept.values.get(("evict", "quota"), 0)
    await received(small, 7)

    await swept(small, tmp_path)

    assert metrics.swept.values["evict", "quota"] - before == 4


def test_an_account_may_choose_other_numbers() -> None:
    chosen = Choices(texts=10, deleted_days=1).over(sweeping.SMALL)

    assert chosen == msgspec.structs.replace(sweeping.SMALL, texts=10, deleted_days=1)
