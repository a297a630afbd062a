"""Which carrier a submission waits for, and who takes it over."""

import pytest

from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.model.routing import Route, Routing
from postroom.model.traffic import Fate
from postroom.store.database import Store
from postroom.store.outbox import NOBODY
from postroom.workers.outbox import real_ms
from tests.mailbox.carrying import (
    carrying,
    claim,
    failure,
    now,
    queue,
    quiet,
    route,
    segments,
    settle,
    status,
    waiting,
)

pytestmark = pytest.mark.usefixtures("furnished")
HOUR_MS = 3_600_000
TWO = Routing(
    (Route(carrier="acme", prefixes=("+1",)), Route(carrier="beta", prefixes=("+", "+1415")))
)


async def test_a_message_partly_accepted_goes_on_behind_what_was_taken(store: Store) -> None:
    id = await queue(store, "x" * 400)

    async with carrying(store, routing=TWO) as ledger:
        ledger.claims.bound = lambda: frozenset({"acme", "beta"})
        ledger.claims._real = lambda: real_ms() + 1_000_000
        await route(store, id, "acme")
        [entry] = await claim(ledger)
        await settle(ledger, entry, "a1", failure=failure(Fate.TEMPORARY))
        [row] = await waiting(store)
        ledger.claims._real = lambda: real_ms() + 2_000_000
        [again] = await claim(ledger)
        await settle(ledger, again, "a2", "a3")

    assert (row.carrier, row.done) == ("acme", 1)
    assert again.segments_done == 1
    assert await segments(store, id) == [(1, "a1", 0), (2, "a2", 0), (3, "a3", 0)]
    assert await status(store, id) is MessageStatus.SENT


async def test_a_temporary_error_passes_the_message_to_the_next_carrier_at_once(
    store: Store,
) -> None:
    await queue(store, to="+16505559999")

    async with carrying(store, routing=TWO) as ledger:
        ledger.claims.bound = lambda: frozenset({"acme", "beta"})
        [entry] = await claim(ledger)
        await settle(ledger, entry, failure=failure(Fate.TEMPORARY))

    [row] = await waiting(store)
    assert (row.carrier, row.claimed) == ("beta", False)
    assert row.due_ms <= real_ms()


async def test_the_longest_prefix_chooses_the_carrier(store: Store) -> None:
    far, near = await queue(store, to="+14155550123"), await queue(store, to="+16505559999")

    async with carrying(store, routing=TWO) as ledger:
        ledger.claims.bound = lambda: frozenset({"acme", "beta"})
        claimed = await ledger.claims.claim(10)

    assert [entry.message_id for entry in claimed.entries] == [near]
    assert claimed.elsewhere == 1
    assert [(row.id, row.carrier) for row in await waiting(store)] == [
        (far, "beta"),
        (near, "acme"),
    ]


async def test_a_number_that_no_carrier_serves_waits_and_fails_in_the_end(store: Store) -> None:
    only = Routing((Route(carrier="acme", prefixes=("+44",)),))
    id = await queue(store, now=real_ms() - 25 * HOUR_MS)

    async with carrying(store, routing=only) as ledger:
        claimed = await ledger.claims.claim(10)
    [row] = await waiting(store)
    async with carrying(store, Terms(carrier=NOBODY), only) as caretaking:
        await caretaking.give_up(10)
        await quiet(caretaking)

    assert [entry.message_id for entry in claimed.unserved] == [id]
    assert (row.carrier, row.claimed) == (NOBODY, False)
    assert await now(store, id) == (MessageStatus.SENDING_FAILED, "SMS-RC-410", None, False, 0)


async def test_an_unbound_carrier_hands_over_what_none_of_it_was_taken(store: Store) -> None:
    stays = await queue(store, to="+16505559998")

    async with carrying(store, routing=TWO) as ledger:
        [half] = await claim(ledger)
        await settle(ledger, half, "a1", failure=failure(Fate.TEMPORARY, not_bound=True))
        moved = await queue(store, to="+16505559999")
        await route(store, moved, "acme")
        ledger.claims._real = lambda: real_ms() + 1_000_000
        ledger.claims.bound = lambda: frozenset({"beta"})
        count = await ledger.claims.hand_over()

    assert count == 1
    assert {row.id: row.carrier for row in await waiting(store)} == {moved: "beta", stays: "acme"}
