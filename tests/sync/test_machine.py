"""Whatever happens in whatever order: every client's copy is what the mailbox holds."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from postroom.directory.companies import Companies
from postroom.mailbox.syncing import Synced, Syncing
from postroom.model.lifecycle import Step
from postroom.model.message import Direction, Message, MessageStatus, MessageType, ReadStatus
from postroom.model.refusals import FullSyncRequired
from postroom.model.sync import Frame, Widening
from postroom.store.database import Store, StoreSettings, migrate
from postroom.store.extensions import ACCOUNTS
from postroom.store.id_workers import IdLease
from tests.office import seeded
from tests.sync.followers import Client
from tests.sync.world import Known, World

START_MS = 1_800_000_000_000
EXAMPLES, STEPS_EACH = 50, 30


class Clock:
    """Stands still unless it is moved, so that many messages share a second."""

    def __init__(self) -> None:
        self.now = START_MS

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True)
class Company:
    """The store of one engine, for all examples."""

    runner: asyncio.Runner
    store: Store
    companies: Companies
    account: Any
    ids: Any
    clock: Clock

    @classmethod
    def opened(cls, runner: asyncio.Runner, where: StoreSettings) -> "Company":
        clock, store = Clock(), Store(where)

        async def begin() -> tuple[Any, Any]:
            await store.open()
            await seeded(store, clock)  # type: ignore[arg-type]
            [[account, _]] = await store.fetch(ACCOUNTS)
            return account, await IdLease("machine").acquire(store)

        account, ids = runner.run(begin())
        return cls(runner, store, Companies(store), account, ids, clock)


frames = st.fixed_dictionaries(
    {
        "types": st.sampled_from([(), (MessageType.PAGER,), (MessageType.SMS,)]),
        "directions": st.sampled_from([(), (Direction.INBOUND,)]),
        "distinct": st.sampled_from([False, False, True]),
        "back": st.integers(0, 6),
        "closed": st.sampled_from([False, False, False, True]),
        "count": st.sampled_from([None, 1, 2, 5]),
    }
)


class Machine(RuleBasedStateMachine):
    """Everything that may happen to a mailbox, and clients that follow it."""

    company: Company

    def __init__(self) -> None:
        super().__init__()
        self.clients: list[Client] = []

    def run(self, coroutine: Any) -> Any:
        return self.company.runner.run(coroutine)

    @initialize()
    def begin(self) -> None:
        c = self.company
        self.world: World = self.run(World.begun(c.store, c.companies, c.account, c.ids, c.clock))
        self.syncing = Syncing(c.store, c.clock)
        departments = self.world.departments
        self.run(self.world.assign(departments[0], member=True))
        through = frozenset([int(departments[0])])
        self.run(self.world.page(None, named=False, departments=through))
        wish = {"types": (), "directions": (), "back": 5, "closed": False, "count": None}
        for distinct in (False, True):
            self.full({**wish, "distinct": distinct})

    # -- the mailbox ---------------------------------------------------------------------------

    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        self.company.clock.now += seconds * 1000

    @rule(direction=st.sampled_from(Direction))
    def sms(self, direction: Direction) -> None:
        self.run(self.world.sms(direction))

    @rule(
        talk=st.one_of(st.none(), st.integers(0, 3)),
        to=st.sampled_from([(0,), (1,), (0, 1), ("named",), (0, "named")]),
    )
    def page(self, talk: int | None, to: tuple[int | str, ...]) -> None:
        talks = self._talks()
        chosen = talks[talk % len(talks)] if talks and talk is not None else None
        departments = self.world.departments
        through = frozenset(int(departments[one]) for one in to if isinstance(one, int))
        self.run(self.world.page(chosen, named="named" in to, departments=through))

    def _talks(self) -> list[int]:
        return [id for id, known in self.world.talks.items() if known.id]

    @precondition(lambda self: self.world.messages)
    @rule(
        place=st.integers(0, 9),
        what=st.sampled_from(["read", "deliver", "delete", "delete", "restore", "erase", "forget"]),
    )
    def message(self, place: int, what: str) -> None:
        world, id = self.world, list(self.world.messages)[-1 - place % len(self.world.messages)]
        done: dict[str, Callable[[], Any]] = {
            "read": lambda: world.read(id),
            "deliver": lambda: world.deliver(id),
            "delete": lambda: world.take(id, Step.DELETE),
            "restore": lambda: world.take(id, Step.RESTORE),
            "erase": lambda: world.take(id, Step.ERASE),
            "forget": lambda: world.forget(id),
        }
        self.run(done[what]())

    @rule(place=st.integers(0, 1))
    def membership(self, place: int) -> None:
        department = int(self.world.departments[place])
        self.run(self.world.assign(department, member=department not in self.world.member_of))

    @precondition(lambda self: self._talks())
    @rule(place=st.integers(0, 3))
    def participation(self, place: int) -> None:
        talks = self._talks()
        talk = self.world.talks[talks[place % len(talks)]]
        self.run(self.world.take_part(talk.id, present=not talk.named))

    # -- clients -------------------------------------------------------------------------------

    @precondition(lambda self: len(self.clients) < 5)
    @rule(wish=frames)
    def another_client(self, wish: dict[str, Any]) -> None:
        self.full(wish)

    def full(self, wish: dict[str, Any]) -> None:
        now = self.company.clock.now
        since = now - wish["back"] * 1000
        frame = Frame(
            types=wish["types"],
            directions=wish["directions"],
            distinct=wish["distinct"],
            date_from_ms=since,
            date_to_ms=now if wish["closed"] else None,
            since_ms=since,
        )
        synced = self.run(self._full(frame, wish["count"]))
        assert not synced.older or synced.messages
        client = Client(frame, synced.token, self.world.step)
        client.take(synced, self.world.step)
        client.before.clear()
        self.clients.append(client)
        self._compare(client)

    async def _full(self, frame: Frame, count: int | None) -> Synced:
        company = await self.world.company()
        return await self.syncing.full(company, self.world.owner, frame, count)

    @precondition(lambda self: self.clients)
    @rule(
        place=st.integers(0, 4),
        back=st.sampled_from([None, None, None, 3, 20]),
        count=st.sampled_from([None, None, None, 3, 10]),
    )
    def changed(self, place: int, back: int | None, count: int | None) -> None:
        client = self.clients[place % len(self.clients)]
        earlier = None if back is None else client.token.frame.date_from_ms - back * 1000
        wider = Widening(date_from_ms=earlier, count=count)
        since, step = client.token.frame.since_ms, client.step
        told = self._sync(client, wider)
        self._compare(client)
        frame = client.token.frame
        if self.world.turned <= step and not frame.distinct and frame.since_ms == since:
            everything = {**self.world.messages, **self.world.forgotten}
            assert told <= {id for id, one in everything.items() if one.touched > step}
        assert self._sync(client, Widening()) == set()

    @precondition(lambda self: any(client.before for client in self.clients))
    @rule(place=st.integers(0, 4), age=st.integers(0, 9))
    def use_an_old_token(self, place: int, age: int) -> None:
        client = self.clients[place % len(self.clients)]
        if not client.before:
            return
        client.token, client.step = client.before[age % len(client.before)]
        since = client.token.frame.date_from_ms
        client.copy = {id: one for id, one in client.copy.items() if one.created_ms >= since}
        self._sync(client, Widening())
        self._compare(client)

    def _sync(self, client: Client, wider: Widening) -> set[int]:
        async def ask() -> Synced:
            company = await self.world.company()
            return await self.syncing.changed(company, self.world.owner, client.token, wider)

        try:
            synced: Synced = self.run(ask())
        except FullSyncRequired:
            assert client.token.frame.distinct
            synced = self.run(self._full(client.token.frame, None))
            client.copy.clear()
        assert not synced.older or synced.messages
        return client.take(synced, self.world.step)

    def _compare(self, client: Client) -> None:
        """The copy holds nothing wrong, and everything since the moment that the token names."""
        frame = client.token.frame
        known = {id: one for id, one in self.world.visible().items() if _holds(frame, one)}
        copy = client.copy
        if frame.distinct:
            newest = {one.talk: id for id, one in sorted(known.items(), key=_known_place)}
            known = {id: known[id] for id in newest.values()}
            last = {one.conversation_id: id for id, one in sorted(copy.items(), key=_place)}
            copy = {id: copy[id] for id in last.values()}
        assert copy.keys() <= known.keys()
        assert {id for id, one in known.items() if one.created_ms >= frame.since_ms} <= copy.keys()
        for id, message in copy.items():
            assert (message.read_status is ReadStatus.READ) is known[id].read
            assert (message.status is MessageStatus.DELIVERED) is known[id].delivered


def _place(item: tuple[int, Message]) -> tuple[int, int]:
    return item[1].created_ms, item[0]


def _known_place(item: tuple[int, Known]) -> tuple[int, int]:
    return item[1].created_ms, item[0]


def _holds(frame: Frame, one: Known) -> bool:
    return (
        (not frame.types or one.type in frame.types)
        and (not frame.directions or one.direction in frame.directions)
        and one.created_ms >= frame.date_from_ms
        and (frame.date_to_ms is None or one.created_ms <= frame.date_to_ms)
    )


@pytest.fixture
def company(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Company]:
    with asyncio.Runner() as runner:
        if engine == "sqlite":
            where = StoreSettings(path=tmp_path / "postroom.db")
            runner.run(migrate(where))
        else:
            where = StoreSettings(dsn=runner.run(request.getfixturevalue("postgres").database()))
        company = Company.opened(runner, where)
        yield company
        runner.run(company.store.close())
        if where.dsn is not None:
            runner.run(request.getfixturevalue("postgres").drop(where.dsn))


@pytest.mark.slow
def test_every_client_has_what_the_mailbox_holds(company: Company) -> None:
    class Here(Machine):
        pass

    Here.company = company
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS_EACH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
