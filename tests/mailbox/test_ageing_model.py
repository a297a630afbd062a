"""Any life of many messages ends as a small model says, with counters equal to a recount."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroom.model.keeping import AGEING_TYPES, FOLDERS, Keeping
from postroom.model.lifecycle import Step, after, allows
from postroom.model.message import (
    Availability,
    Direction,
    MessageStatus,
    MessageType,
    ReadStatus,
)
from postroom.store import counters
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, many
from postroom.store.database import Store, StoreSettings, migrate
from tests.databases import Postgres
from tests.mailbox import sweeping
from tests.mailbox.sweeping import ALIVE, DELETED, PURGED, Hands, mark, where
from tests.store import office

KEEPING = Keeping(deleted_days=2, purged_days=3, retention_days=4, texts=3, faxes=2, voicemails=0)
accounts = itertools.count(1)


class Come(NamedTuple):
    """A message comes into mailbox 1 or 2."""

    owner: int
    type: MessageType
    direction: Direction
    talk: int | None


class Do(NamedTuple):
    """A user does something to one of the messages; by number, whatever became of it."""

    which: int
    what: Step | ReadStatus


class Wait(NamedTuple):
    """Days pass, and the sweeper comes."""

    days: float


Act = Come | Do | Wait
ACTS = st.lists(
    st.one_of(
        st.builds(
            Come,
            st.integers(1, 2),
            st.sampled_from(MessageType),
            st.sampled_from(Direction),
            st.sampled_from([None, 7, 8]),
        ),
        st.builds(
            Do,
            st.integers(0, 30),
            st.sampled_from([Step.DELETE, Step.DELETE, Step.RESTORE, Step.ERASE, *ReadStatus]),
        ),
        st.builds(Wait, st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.5])),
    ),
    max_size=40,
)


@dataclass
class Copy:
    """A message in the model."""

    owner: int
    type: MessageType
    direction: Direction
    since: int
    created: tuple[int, int]
    place: Availability = ALIVE
    read: ReadStatus = ReadStatus.UNREAD


@dataclass
class Model:
    """What should be where."""

    copies: dict[int, Copy] = field(default_factory=dict)

    def take(self, id: int, step: Step, now: int) -> None:
        """A step, if the table has it."""
        copy = self.copies[id]
        if not allows(copy.place, step):
            return
        reached = after(copy.place, step)
        if reached is None:
            del self.copies[id]
        elif reached is not copy.place:
            copy.place, copy.since = reached, now

    def sweep(self, now: int) -> None:
        """Age, then make room."""
        ages: Sequence[tuple[Availability, int, Step]] = (
            (PURGED, KEEPING.purged_days, Step.FORGET),
            (DELETED, KEEPING.deleted_days, Step.PURGE),
            (ALIVE, KEEPING.retention_days, Step.EVICT),
        )
        for place, days, step in ages:
            for id, copy in list(self.copies.items()):
                ages_at_all = place is not ALIVE or copy.type in AGEING_TYPES
                if copy.place is place and ages_at_all and copy.since <= now - days * sweeping.DAY:
                    self.take(id, step, now)
        for owner in (1, 2):
            while self._make_room(owner, now):
                pass

    def _make_room(self, owner: int, now: int) -> bool:
        for folder in FOLDERS:
            held = [
                (copy.read is ReadStatus.UNREAD, copy.created, id)
                for id, copy in self.copies.items()
                if copy.owner == owner
                and copy.type in folder.types
                and copy.direction in folder.directions
                and copy.place is folder.availability
            ]
            most = folder.most(KEEPING)
            if most and len(held) > most:
                for _, _, id in sorted(held)[: len(held) - most]:
                    self.take(id, folder.step, now)
                return True
        return False


async def furnished(store: Store, account: int) -> None:
    """One more account with two mailboxes."""

    def steps() -> Steps[None]:
        yield from many(office.ADD_ACCOUNT, [(account, "Office", office.NOW)])
        boxes = [(account, owner, counters.EMPTY) for owner in (1, 2)]
        yield from many(office.ADD_MAILBOX, boxes)

    await store.transact(steps)


async def act(store: Store, folder: Path, acts: list[Act]) -> None:
    """Play it in the store and in the model, and compare after each sweep."""
    account, clock, model = next(accounts), Hands(), Model()
    await furnished(store, account)
    node = sweeping.sweeper(store, folder, clock, at_once=2)
    for one in [*acts, Wait(0.0), Wait(10.0), Wait(10.0)]:
        clock.now_ms += 1000
        now = clock()
        match one:
            case Come(owner, type, direction, talk):
                copy = office.message(
                    owner,
                    account=account,
                    type=type,
                    direction=direction,
                    conversation=talk,
                    now=now,
                )
                copy = sweeping.copy_with(copy, status=MessageStatus.RECEIVED)
                await store.file(office.filing(copy, account=account))
                created = (copy.created_ms, int(copy.id))
                model.copies[int(copy.id)] = Copy(owner, type, direction, now, created)
            case Do(which, what) if model.copies:
                id = list(model.copies)[which % len(model.copies)]
                owner = model.copies[id].owner
                if isinstance(what, ReadStatus):
                    await mark(store, owner, [id], now, read=what, account=account)
                    model.copies[id].read = what
                else:
                    await mark(store, owner, [id], now, step=what, account=account)
                    model.take(id, what, now)
            case Wait(days):
                clock.forward(days)
                before = set(model.copies)
                await node.round(thorough=False)
                model.sweep(clock())
                expected = {id: copy.place for id, copy in model.copies.items()}
                assert await where(store, account) == expected
                await sweeping.check_books(store, account)
                seen = await sweeping.changes(store, account)
                gone = before - set(model.copies)
                assert all(seen[id, ChangeKind.FORGOTTEN.value] == 1 for id in gone)
            case _:
                pass


@pytest.fixture
def place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> StoreSettings:
    """A migrated database of the engine."""
    if engine == "sqlite":
        found = StoreSettings(path=tmp_path / "postroom.db", keeping=KEEPING)
        asyncio.run(migrate(found))
        return found
    server: Postgres = request.getfixturevalue("postgres")
    return StoreSettings(dsn=asyncio.run(server.database()), keeping=KEEPING)


@given(acts=ACTS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_life_of_many_messages_is_that_of_the_model(
    place: StoreSettings, tmp_path: Path, acts: list[Act]
) -> None:
    async def played() -> None:
        store = Store(place)
        await store.open()
        try:
            await act(store, tmp_path, acts)
        finally:
            await store.close()

    asyncio.run(played())
