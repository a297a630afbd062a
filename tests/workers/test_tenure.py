"""Leases: one holder at a time, taken over from the silent and the dead."""

import asyncio
import os
import subprocess
import sys

import pytest

from postroom.store import leases
from postroom.store.database import Store, StoreSettings
from postroom.store.leases import Lease, LeaseLost
from postroom.workers import node
from postroom.workers.tenure import Leaseholder, Pulse, Tenure, Watch, stopped
from tests.workers.posts import QUICK, stop, until

HELD = Lease(name="x", holder="elsewhere", fence=7, beats=3)


class Worker:
    """Work that does nothing, and notes under which fence."""

    def __init__(self, store: Store, pulse: Pulse = QUICK, *, holder: str | None = None) -> None:
        self.fences: list[int] = []
        self.at_work = False
        self.holder = Leaseholder(
            store=store,
            name="x",
            holder=holder or node.identity(),
            tenure=Tenure(),
            pulse=pulse,
        )

    async def work(self, lease: Lease) -> None:
        self.fences.append(lease.fence)
        self.at_work = True
        try:
            await asyncio.Event().wait()
        finally:
            self.at_work = False

    def start(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self.holder.run(self.work))


class Slow:
    """Work that takes its time to end, and says when it began to and when it had."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.name, self.seen = name, seen
        self.may_end = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.seen.append(f"{self.name} told")
            await self.may_end.wait()
            self.seen.append(f"{self.name} ended")


async def stored(store: Store) -> Lease:
    return leases.read((await store.look(leases.READ, names=["x"]))[0])


def test_a_lease_that_beats_is_left_alone_and_a_silent_one_is_taken_after_its_life() -> None:
    watch = Watch(10.0)
    seen = [
        watch.may_take(HELD, 100.0),
        watch.may_take(HELD, 109.0),
        watch.may_take(Lease(name="x", holder="elsewhere", fence=7, beats=4), 109.5),
        watch.may_take(Lease(name="x", holder="elsewhere", fence=7, beats=4), 119.0),
        watch.may_take(Lease(name="x", holder="elsewhere", fence=7, beats=4), 119.5),
    ]

    assert seen == [False, False, False, False, True]


def test_a_lease_that_was_released_is_taken_at_once() -> None:
    assert Watch(10.0).may_take(Lease(name="x"), 0.0)


def test_a_lease_of_a_process_that_died_here_is_taken_at_once() -> None:
    command = "from postroom.workers import node; print(node.identity())"
    ran = subprocess.run(
        [sys.executable, "-c", command],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    dead = ran.stdout.strip()

    assert node.is_gone(dead)
    assert Watch(10.0).may_take(Lease(name="x", holder=dead, fence=1), 0.0)


def test_of_a_living_process_or_one_on_another_machine_nobody_says_that_it_is_gone() -> None:
    here = node.identity()
    elsewhere = f"moon/0/0:{here.partition(':')[2]}"

    assert not node.is_gone(here)
    assert not node.is_gone(elsewhere)
    assert not node.is_gone("")
    assert node.identity() != here


def test_a_tenure_ends_by_itself_when_nothing_renews_it() -> None:
    now = 100.0
    tenure = Tenure(lambda: now)

    before = tenure()
    tenure.extend(100.0, 10.0)
    now = 109.9
    during = tenure()
    now = 110.0
    after = tenure()

    assert (before, during, after) == (False, True, False)


async def test_one_of_two_works_and_the_other_goes_on_when_it_stops(store: Store) -> None:
    first, second = Worker(store), Worker(store)
    running = first.start()
    await until(lambda: first.at_work)
    waiting = second.start()
    await until(lambda: first.holder.tenure.remaining() < QUICK.life)
    together = second.at_work
    await stop(running)
    await until(lambda: second.at_work)
    await stop(waiting)

    assert not together
    assert (first.fences, second.fences) == ([1], [2])
    assert (await stored(store)).is_free


async def test_a_holder_is_renewed_for_as_long_as_it_works(store: Store) -> None:
    worker = Worker(store, Pulse(life=5.0, beat=0.02, look=0.01, step=0.01))
    rival = Worker(store, Pulse(life=5.0, beat=0.02, look=0.01, step=0.01), holder="rival")
    running, waiting = worker.start(), rival.start()
    await until(lambda: worker.at_work or rival.at_work)
    before = (await stored(store)).beats

    async def beats() -> bool:
        return (await stored(store)).beats > before + 30

    await until(beats)
    fence = (await stored(store)).fence
    await stop(running)
    await stop(waiting)

    assert fence == 1


async def test_who_lost_the_lease_stops_working(store: Store) -> None:
    worker = Worker(store, Pulse(life=600.0, beat=0.05, look=600.0, step=0.01))
    running = worker.start()
    await until(lambda: worker.at_work)
    seen = await stored(store)
    await store.transact(lambda: leases.take(seen, "thief", 0))
    seen = await stored(store)
    await until(lambda: not worker.at_work)
    ours = worker.holder.tenure()
    await stop(running)

    assert not ours
    assert (await stored(store)).holder == "thief"


async def test_work_that_fails_is_begun_again(store: Store) -> None:
    fences: list[int] = []

    async def failing(lease: Lease) -> None:
        fences.append(lease.fence)
        raise ValueError("a bug")

    holder = Worker(store).holder
    running = asyncio.create_task(holder.run(failing))
    await until(lambda: len(fences) == 2)
    await stop(running)

    assert fences == [1, 2]


async def test_only_one_of_many_takes_a_free_lease(
    store: Store, store_settings: StoreSettings
) -> None:
    other = Store(store_settings)
    await other.open()
    await store.transact(lambda: leases.make(["x"]))
    seen = await stored(store)

    async def take(by: Store, name: str) -> Lease | None:
        return await by.transact(lambda: leases.take(seen, name, 0))

    wishes = [take(by, f"{n}") for n in range(8) for by in (store, other)]
    taken = await asyncio.gather(*wishes)
    await other.close()

    assert sum(lease is not None for lease in taken) == 1


async def test_a_transaction_under_a_lease_that_was_taken_is_refused(store: Store) -> None:
    await store.transact(lambda: leases.make(["x"]))
    seen = await stored(store)
    ours = await store.transact(lambda: leases.take(seen, "us", 0))
    assert ours is not None
    seen = await stored(store)
    await store.transact(lambda: leases.take(seen, "them", 0))

    with pytest.raises(LeaseLost):
        await store.transact(lambda: leases.check(ours))
    assert not await store.transact(lambda: leases.beat(ours, 0, False))


async def test_who_is_cancelled_while_he_stops_others_stops_them_all_the_same() -> None:
    seen: list[str] = []
    slow = [Slow(name, seen) for name in ("first", "second")]
    await asyncio.sleep(0)
    stopping = asyncio.create_task(stopped(*(one.task for one in slow)))
    await until(lambda: seen == ["first told"])

    for _ in range(3):
        stopping.cancel()
        await asyncio.sleep(0)
    assert not stopping.done()
    for one in slow:
        one.may_end.set()
    await asyncio.wait([stopping])

    assert stopping.cancelled()
    assert seen == ["first told", "first ended", "second told", "second ended"]
