"""Ids are never given twice: not by two processes, not after a crash, not by a clock gone back."""

import itertools
import time

import pytest

from postroom.model.ids import MAX_ID, PER_TICK
from postroom.store.database import Store
from postroom.store.id_workers import IdLease
from postroom.store.ids import IdSource


async def test_two_processes_get_two_numbers(store: Store) -> None:
    first, second = IdLease("a"), IdLease("b")

    some = await first.acquire(store), await second.acquire(store)

    assert first.number != second.number
    given = [set(itertools.islice(source, 1000)) for source in some]
    assert not given[0] & given[1]


async def test_after_a_crash_and_a_clock_gone_back_ids_go_on_rising(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed = IdLease("crashed")
    source = await crashed.acquire(store)
    last = [next(source) for _ in range(20 * PER_TICK)][-1]
    hour_ago = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: hour_ago)
    await crashed.release()

    begun_again = await IdLease("restarted").acquire(store)

    assert last < next(begun_again) <= MAX_ID


async def test_a_number_is_taken_over_from_a_process_that_died(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = IdLease("died")
    before = next(await died.acquire(store))
    later = time.time_ns() + 120 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)

    heir = IdLease("heir")
    after = next(await heir.acquire(store))

    assert heir.number == died.number
    assert after > before


async def test_a_renewed_lease_has_more_ids(store: Store) -> None:
    lease = IdLease("a")
    source = await lease.acquire(store)
    until = source.until

    await lease.renew()

    assert source.until >= until
    assert next(source) > 0


def test_ids_rise_and_do_not_repeat_when_a_tick_overflows() -> None:
    source = IdSource(5, 10**11, 10**11 + 100)

    ids = list(itertools.islice(source, 50 * PER_TICK))

    assert ids == sorted(set(ids))


def test_what_is_not_reserved_is_not_given() -> None:
    source = IdSource(5, 10**11, 10**11 + 1)
    list(itertools.islice(source, PER_TICK))

    with pytest.raises(RuntimeError):
        next(source)
