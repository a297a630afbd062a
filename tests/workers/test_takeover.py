"""A node that is killed or frozen: another goes on, and nothing is submitted twice."""

import asyncio
import fcntl
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from postroom.model.message import MessageStatus
from postroom.store.database import Store, StoreSettings
from postroom.workers.tenure import Pulse
from tests.mailbox.carrying import now, queue, segments
from tests.smsc import Smsc
from tests.store import office
from tests.workers.child import child
from tests.workers.freezing import freeze
from tests.workers.posts import becomes, posting, smpp, until

WINDOW = 5
SENT, FAILED = MessageStatus.SENT, MessageStatus.SENDING_FAILED


@pytest.fixture(autouse=True)
async def furnished(store: Store) -> None:
    await office.furnish(store)


async def queue_many(store: Store, first: int, count: int) -> list[int]:
    return [await queue(store, to=f"+1415555{n:04}") for n in range(first, first + count)]


def submitted(smsc: Smsc) -> Counter[str]:
    return Counter(submit.message.destination_addr for submit in smsc.submits)


async def test_after_a_kill_at_most_the_window_is_uncertain_and_nothing_goes_twice(
    store: Store, store_settings: StoreSettings
) -> None:
    ids = await queue_many(store, 0, 20)

    async with Smsc(holding=True) as smsc:
        async with child(store_settings, smsc, WINDOW) as process:
            await smsc.received(WINDOW)
            process.kill()
            await process.wait()
        smsc.holding = False
        async with posting(store, smpp(smsc, window=WINDOW)):
            for id in ids[WINDOW:]:
                await becomes(store, id, SENT)
        sent = submitted(smsc)
    states = [await now(store, id) for id in ids]

    assert [state.uncertain for state in states] == [True] * WINDOW + [False] * 15
    assert {(state.status, state.error) for state in states[:WINDOW]} == {(FAILED, "SMS-UP-500")}
    assert set(sent.values()) == {1}
    assert len(sent) == 20


async def test_a_frozen_node_is_replaced_and_writes_nothing_when_it_wakes(
    store: Store, store_settings: StoreSettings
) -> None:
    ids = await queue_many(store, 0, WINDOW)

    async with Smsc(holding=True) as smsc, child(store_settings, smsc, WINDOW) as frozen:
        await smsc.received(WINDOW)
        freeze(frozen, store_settings)
        more = await queue_many(store, WINDOW, 10)
        async with posting(store, smpp(smsc, window=WINDOW)):
            await until(lambda: len(smsc.peers) == 2)
            await until(lambda: len(smsc.submits) > WINDOW)
            smsc.release()
            for id in more:
                await becomes(store, id, SENT)
            frozen.send_signal(signal.SIGCONT)
            await until(lambda: len(smsc.peers) == 1)
            late = await queue_many(store, WINDOW + 10, 5)
            for id in late:
                await becomes(store, id, SENT)
        sent = submitted(smsc)

    assert set(sent.values()) == {1}
    assert len(sent) == WINDOW + 15
    states = [await now(store, id) for id in ids]
    assert {(state.status, state.uncertain) for state in states} == {(FAILED, True)}
    assert [await segments(store, id) for id in ids] == [[(1, "", 0)]] * WINDOW


@asynccontextmanager
async def stalled(where: StoreSettings) -> AsyncIterator[None]:
    """A database in which nobody can renew a lease."""
    if where.path is not None:
        lock = os.open(f"{where.path}.lock", os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
        os.close(lock)
        return
    connection = await asyncpg.connect(where.dsn)
    async with connection.transaction():
        await connection.execute("LOCK TABLE lease IN EXCLUSIVE MODE")
        yield
    await connection.close()


async def test_a_lease_that_lapsed_and_that_nobody_took_goes_on_where_it_was(
    store: Store, store_settings: StoreSettings
) -> None:
    short = Pulse(life=0.5, beat=0.1, look=0.05, step=0.02)
    before = await queue(store)

    async with Smsc(holding=True) as smsc, posting(store, smpp(smsc), pulse=short) as outbox:
        await smsc.received(1)
        async with stalled(store_settings):
            await until(lambda: not outbox.links["acme"].tenure())
            smsc.release()
            await smsc.until(lambda: not smsc.peers)
            # Long enough for a beat to fail.
            await asyncio.sleep(short.life * 1.5)
        await becomes(store, before, SENT)
        after = await queue(store)
        await becomes(store, after, SENT)
        lease = outbox.links["acme"].leaseholder.lease

    assert lease is not None
    assert lease.fence == 1
    assert len(smsc.submits) == 2
