"""Ids are never given twice: not by two processes, not after a crash, not by a clock gone back."""

import itertools
import time

import pytest
from sqlalchemy import update

from postroom.model.errors import Unavailable
from postroom.model.ids import MAX_ID, PER_TICK, WORKERS, tick_of
from postroom.store.commands import Steps, one
from postroom.store.database import Store
from postroom.store.id_workers import LEASE_MS, IdLease, NoWorkerNumber
from postroom.store.ids import AHEAD_TICKS, IdSource
from postroom.store.statements import Statement, arg
from postroom.store.tables import id_worker

HOUR = 3600 * 1000
END = Statement(
    update(id_worker).values(until_ms=arg("zero")).where(id_worker.c.number == arg("number"))
)


class Clock:
    """The machine's clock, set by hand."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def time_ns(self) -> int:
        return self.ms * 1_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time_ns", clock.time_ns)
    return clock


async def occupy(store: Store, but: int = 0) -> list[IdLease]:
    """Hold all worker numbers, but for a few."""
    leases = [IdLease(f"process {n}") for n in range(WORKERS - but)]
    for lease in leases:
        await lease.acquire(store)
    return leases


def end_lease(lease: IdLease) -> Steps[None]:
    """Let the time of a lease be over, as it is for whoever has another clock."""
    yield from one(END, number=lease.number, zero=0)


async def test_two_processes_get_two_numbers(store: Store) -> None:
    first, second = IdLease("a"), IdLease("b")

    some = await first.acquire(store), await second.acquire(store)

    assert first.number != second.number
    given = [set(itertools.islice(source, 1000)) for source in some]
    assert not given[0] & given[1]


async def test_after_a_crash_and_a_clock_gone_back_ids_go_on_rising(
    store: Store, clock: Clock
) -> None:
    await occupy(store, but=1)
    crashed = IdLease("crashed")
    source = await crashed.acquire(store)
    last = [next(source) for _ in range(20 * PER_TICK)][-1]
    clock.ms -= HOUR
    await store.transact(lambda: end_lease(crashed))

    heir = IdLease("restarted")
    begun_again = await heir.acquire(store)

    assert heir.number == crashed.number
    assert last < next(begun_again) <= MAX_ID


async def test_an_heir_begins_behind_all_that_a_dead_process_had_reserved(
    store: Store, clock: Clock
) -> None:
    [died, *_] = await occupy(store)
    clock.ms += LEASE_MS

    heir = IdLease("heir")
    first = next(await heir.acquire(store))

    assert heir.number == died.number
    assert first >= died.source.until << 14


async def test_a_free_number_is_taken_before_that_of_a_silent_process(
    store: Store, clock: Clock
) -> None:
    silent = IdLease("silent")
    await silent.acquire(store)
    clock.ms += HOUR

    other = IdLease("other")
    await other.acquire(store)
    await silent.renew()

    assert other.number != silent.number


async def test_who_slept_and_lost_its_number_goes_on_with_another(
    store: Store, clock: Clock
) -> None:
    sleeper, *others = await occupy(store)
    before = next(sleeper.source)
    clock.ms += LEASE_MS
    heir = IdLease("heir")
    await heir.acquire(store)
    await others[0].release()

    await sleeper.renew()

    assert sleeper.number == others[0].number
    given = [before, next(sleeper.source), next(heir.source)]
    assert len(set(given)) == 3


async def test_a_process_too_many_is_told(store: Store) -> None:
    await occupy(store)

    with pytest.raises(NoWorkerNumber):
        await IdLease("one too many").acquire(store)


async def test_a_renewed_lease_goes_on_where_it_would_have_ended(
    store: Store, clock: Clock
) -> None:
    lease = IdLease("a")
    source = await lease.acquire(store)
    clock.ms += HOUR
    with pytest.raises(Unavailable):
        next(source)

    await lease.renew()

    assert next(source) >> 14 == tick_of(clock.ms)


async def test_a_number_given_back_goes_on_behind_the_last_id(store: Store, clock: Clock) -> None:
    lease = IdLease("a")
    source = await lease.acquire(store)
    last = next(source)
    await lease.release()

    again = IdLease("b")
    following = next(await again.acquire(store))

    assert again.number == lease.number
    assert 0 < following - last <= 2 << 14
    with pytest.raises(Unavailable):
        next(source)


async def test_short_commands_one_after_the_other_do_not_run_ahead_of_time(
    store: Store, clock: Clock
) -> None:
    for n in range(50):
        lease = IdLease(f"command {n}")
        last = next(await lease.acquire(store))
        await lease.release()

    assert (last >> 14) - tick_of(clock.ms) < AHEAD_TICKS // 10


def test_ids_rise_and_do_not_repeat_when_a_tick_overflows() -> None:
    source = IdSource(5, 10**11, 10**11 + 100)

    ids = list(itertools.islice(source, 50 * PER_TICK))

    assert ids == sorted(set(ids))


def test_what_is_not_reserved_is_not_given() -> None:
    source = IdSource(5, 10**11, 10**11 + 1)
    list(itertools.islice(source, PER_TICK))

    with pytest.raises(Unavailable):
        next(source)
