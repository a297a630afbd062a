"""From the outbox over SMPP to a message centre, and back."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.model.traffic import Submission, Submitted
from postroom.store.database import Store, StoreSettings
from postroom.transports import Receive
from postroom.transports.smpp import SmppTransport
from postroom.transports.smpp.status import Status
from postroom.workers.outbox import Carriage
from tests.mailbox.carrying import now, queue, segments, status, waiting
from tests.smsc import Smsc
from tests.store import office
from tests.workers.posts import becomes, posting, smpp, until

DELIVERED, SENT = MessageStatus.DELIVERED, MessageStatus.SENT
FAILED = MessageStatus.SENDING_FAILED


class Stumbling(SmppTransport):
    """A transport with a bug."""

    async def submit(self, submission: Submission) -> Submitted:
        if submission.text == "stumble":
            raise RuntimeError("a bug")
        return await super().submit(submission)


class Lagging:
    """A transport whose answers come only after its link was closed."""

    name = "acme"

    def __init__(self) -> None:
        self.closed = asyncio.Event()
        self.submitted = asyncio.Event()

    def free(self) -> int:
        return 1

    def bound(self) -> bool:
        return True

    async def run(self, receive: Receive) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            self.closed.set()

    async def submit(self, submission: Submission) -> Submitted:
        self.submitted.set()
        await self.closed.wait()
        await asyncio.sleep(0.05)
        return Submitted(ids=("a1",))


@pytest.fixture(autouse=True)
async def furnished(store: Store) -> None:
    await office.furnish(store)


async def test_an_sms_leaves_over_smpp_and_comes_back_as_delivered(store: Store) -> None:
    async with Smsc(receipts="after") as smsc, posting(store, smpp(smsc)):
        id = await queue(store, "Hello there")
        await becomes(store, id, DELIVERED)

    assert [submit.message.short_message for submit in smsc.submits] == [b"Hello there"]
    assert await waiting(store) == []


async def test_receipts_before_and_after_the_answer_in_another_spelling_deliver_every_message(
    store: Store,
) -> None:
    spelled = Smsc(
        receipts="both", name=lambda n: str(10_000_019 + n), spell=lambda id: f"{int(id):X}"
    )

    async with spelled as smsc, posting(store, smpp(smsc)):
        ids = [await queue(store, to=f"+141555501{n:02}") for n in range(20)]
        for id in ids:
            await becomes(store, id, DELIVERED)

    assert len(smsc.submits) == 20


async def test_no_more_is_claimed_than_the_window_holds(store: Store) -> None:
    async with Smsc(holding=True) as smsc, posting(store, smpp(smsc, window=3)) as outbox:
        for _ in range(10):
            await queue(store)
        await smsc.received(3)
        await until(lambda: len(outbox.links["acme"].ledger.claims.open) == 3)
        claimed = [row.claimed for row in await waiting(store)]
        smsc.release()
        await smsc.received(10)

    assert sum(claimed) == 3


async def test_a_throttled_message_is_tried_again_and_sent_once(store: Store) -> None:
    answers = iter([Status.RTHROTTLED, Status.RTHROTTLED])

    async with Smsc() as smsc, posting(store, smpp(smsc)):
        smsc.judge = lambda _: next(answers, Status.ROK)
        id = await queue(store)
        await becomes(store, id, SENT)

    assert [submit.status for submit in smsc.submits][-1] == Status.ROK
    assert (await now(store, id)).attempts == 2


async def test_a_permanent_error_becomes_sending_failed_with_its_code(store: Store) -> None:
    async with Smsc() as smsc, posting(store, smpp(smsc)):
        smsc.judge = lambda _: Status.RINVDSTADR
        id = await queue(store)
        await becomes(store, id, FAILED)

    assert (await now(store, id)).error == "SMS-UP-410"
    assert len(smsc.submits) == 1


async def test_a_carrier_that_is_not_bound_is_passed_over(store: Store) -> None:
    async with Smsc() as first, Smsc() as second:
        first.bind_status = Status.RBINDFAIL
        carriers = smpp(first, "first", ("+1",)), smpp(second, "second", ("+",))
        async with posting(store, *carriers) as outbox:
            await until(lambda: outbox.bound() == {"second"})
            ids = [await queue(store) for _ in range(3)]
            for id in ids:
                await becomes(store, id, SENT)

    assert (len(first.submits), len(second.submits)) == (0, 3)


async def test_a_carrier_that_refuses_for_now_is_passed_over(store: Store) -> None:
    async with Smsc() as first, Smsc() as second:
        first.judge = lambda _: Status.RSYSERR
        carriers = smpp(first, "first", ("+1",)), smpp(second, "second", ("+",))
        async with posting(store, *carriers) as outbox:
            await until(lambda: outbox.bound() == {"first", "second"})
            id = await queue(store)
            await becomes(store, id, SENT)

    assert (len(first.submits), len(second.submits)) == (1, 1)


async def test_a_message_that_a_carrier_took_in_part_does_not_go_to_another(store: Store) -> None:
    answers = iter([Status.ROK, Status.RSYSERR])

    async with Smsc() as first, Smsc() as second:
        first.judge = lambda _: next(answers, Status.ROK)
        carriers = smpp(first, "first", ("+1",)), smpp(second, "second", ("+",))
        async with posting(store, *carriers) as outbox:
            await until(lambda: outbox.bound() == {"first", "second"})
            id = await queue(store, "x" * 400)
            await becomes(store, id, SENT)

    parts = [submit.message.short_message[5] for submit in first.submits]
    assert parts == [1, 2, 2, 3]
    assert second.submits == []
    assert [number for number, _, _ in await segments(store, id)] == [1, 2, 3]


async def test_a_message_without_a_carrier_leaves_once_there_is_one(store: Store) -> None:
    async with Smsc() as smsc:
        async with posting(store, smpp(smsc, prefixes=("+44",))):
            id = await queue(store)
            await until(lambda: _waits_for(store, "(none)"))
        async with posting(store, smpp(smsc)):
            await becomes(store, id, SENT)


async def _waits_for(store: Store, carrier: str) -> bool:
    return [row.carrier for row in await waiting(store)] == [carrier]


async def test_stopping_waits_for_the_answers_and_gives_the_link_up(store: Store) -> None:
    async with Smsc(holding=True) as smsc:
        async with posting(store, smpp(smsc)):
            id = await queue(store)
            await smsc.received(1)
            asyncio.get_running_loop().call_later(0.1, smsc.release)
        async with posting(store, smpp(smsc)) as next_one:
            await until(lambda: next_one.bound() == {"acme"})

    assert await status(store, id) is SENT


async def test_what_comes_back_after_the_link_was_closed_is_settled(store: Store) -> None:
    transport = Lagging()
    carriage = Carriage(transport=transport, prefixes=("+",), window=1, terms=Terms(carrier="acme"))

    async with posting(store, carriage):
        id = await queue(store)
        await transport.submitted.wait()

    assert await status(store, id) is SENT


async def test_an_answer_lost_with_the_connection_is_uncertain_and_not_sent_again(
    store: Store,
) -> None:
    async with Smsc(drop_after=1) as smsc, posting(store, smpp(smsc)):
        lost = await queue(store)
        await becomes(store, lost, FAILED)
        after = await queue(store, to="+14155550124")
        await becomes(store, after, SENT)
        guess = await now(store, lost)
        await smsc.receipt("77")
        await becomes(store, lost, DELIVERED)

    assert (guess.error, guess.uncertain) == ("SMS-UP-500", True)
    assert len(smsc.submits) == 2


async def test_an_answer_lost_is_sent_again_where_the_carrier_is_set_up_so(store: Store) -> None:
    async with Smsc(drop_after=1) as smsc, posting(store, smpp(smsc, resend=True)):
        id = await queue(store)
        await becomes(store, id, SENT)

    assert len(smsc.submits) == 2


async def test_two_nodes_send_everything_once(store: Store, store_settings: StoreSettings) -> None:
    other = Store(store_settings)
    await other.open()

    async with Smsc() as smsc:
        async with posting(store, smpp(smsc)), posting(other, smpp(smsc)):
            ids = [await queue(store, to=f"+1415555{n:04}") for n in range(50)]
            for id in ids:
                await becomes(store, id, SENT)
        sent = Counter(submit.message.destination_addr for submit in smsc.submits)
    await other.close()

    assert set(sent.values()) == {1}
    assert len(sent) == 50


async def test_a_bug_in_the_transport_holds_up_one_message_only(store: Store) -> None:
    async with Smsc() as smsc:
        carriage = smpp(smsc)
        assert isinstance(carriage.transport, SmppTransport)
        stumbling = replace(carriage, transport=Stumbling(carriage.transport.settings))
        async with posting(store, stumbling):
            bad, good = await queue(store, "stumble"), await queue(store)
            await becomes(store, good, SENT)
            await becomes(store, bad, FAILED)

    assert (await now(store, bad)).uncertain
