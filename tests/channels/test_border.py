"""What carriers bring, on both engines: filed, dropped or turned away."""

import asyncio
import io

import msgspec
import pytest
from sqlalchemy import select

from postroom.directory import provisioning
from postroom.mailbox.refusals import warn_at_start
from postroom.model.company import AccountSettings
from postroom.model.conversations import conversation_of
from postroom.model.extension import ExtensionStatus
from postroom.model.traffic import Alphabet, DeliveryReport, InboundSms, Report
from postroom.observability import logs, metrics
from postroom.store.database import Store, StoreSettings
from postroom.store.leases import LeaseLost
from postroom.store.statements import Statement
from postroom.store.tables import message, refused_answer
from postroom.transports import TemporaryFailure
from tests.channels.frontier import ADA, BEN, DANA, ELI, OUTSIDE, SUPPORT, Frontier, frontier, sms
from tests.store import office

ROW = Statement(
    select(
        message.c.direction,
        message.c.status,
        message.c.read_status,
        message.c.conversation_id,
        message.c.own,
        message.c.peer,
        message.c.segments,
    )
)
REFUSED = Statement(select(refused_answer.c.number, refused_answer.c.day, refused_answer.c.times))


@pytest.fixture
async def here(store: Store) -> Frontier:
    return await frontier(store)


def dropped(reason: str) -> int:
    return metrics.dropped.values.get((reason,), 0)


async def department_takes_sms(here: Frontier) -> None:
    company = await here.company()
    await provisioning.set_account(
        here.store,
        company,
        main_number=company.main_number,
        settings=AccountSettings(department_takes_sms=True),
    )


async def department_sends(here: Frontier, peer: str = OUTSIDE) -> None:
    """Let the department have sent an SMS."""
    company = await here.company()
    support = company.by_number["200"].id
    conversation = conversation_of(here.account_id, SUPPORT, (peer,))
    copy = office.message(support, account=here.account_id, conversation=conversation)
    await here.store.file(office.filing(copy, account=here.account_id, version=company.version))


async def test_an_sms_lands_in_the_mailbox_of_the_numbers_owner(here: Frontier) -> None:
    await here.bring(sms("Hello, Ben"))

    assert await here.received() == [("102", "Hello, Ben")]
    conversation = conversation_of(here.account_id, BEN, (OUTSIDE,))
    assert await here.store.fetch(ROW) == [(0, 0, 1, conversation, BEN, OUTSIDE, 1)]


async def test_a_company_number_is_received_by_the_extension_that_it_is_assigned_to(
    here: Frontier,
) -> None:
    await here.bring(sms("Hello", to="+16505550100"), sms("Hello", to="+16505550104"))

    assert [number for number, _ in await here.received()] == ["101", "104"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("+16505559999", "not our number"),
        (DANA, "recipient is disabled or frozen"),
        (ELI, "recipient is disabled or frozen"),
        (SUPPORT, "departments take no SMS"),
    ],
)
async def test_what_nobody_may_take_is_accepted_counted_and_stored_nowhere(
    here: Frontier, number: str, reason: str
) -> None:
    before = dropped(reason)

    await here.bring(sms("Hello", to=number))

    assert dropped(reason) == before + 1
    assert await here.received() == []


async def test_a_setting_lets_the_departments_mailbox_take_it(here: Frontier) -> None:
    await here.company()
    await department_takes_sms(here)

    await here.bring(sms("Hello", to=SUPPORT))

    assert await here.received() == [("200", "Hello")]


async def test_what_another_node_changed_is_obeyed_at_once(
    here: Frontier, store_settings: StoreSettings
) -> None:
    await here.bring(sms("first"))
    other = Store(store_settings)
    await other.open()
    there = await frontier(other, seed=False)
    company = await there.company()
    ben, dana = company.by_number["102"], company.by_number["105"]
    for extension, status in ((ben, ExtensionStatus.FROZEN), (dana, ExtensionStatus.ENABLED)):
        await provisioning.change_extension(
            other, msgspec.structs.replace(extension, status=status)
        )
    await other.close()

    await here.bring(sms("third", to=DANA), sms("second"))

    assert await here.received() == [("102", "first"), ("105", "third")]


async def test_refused_answers_are_counted_per_number_and_day(here: Frontier) -> None:
    await department_sends(here)
    day = here.clock() // 86_400_000

    await here.bring(*[sms("Hello", to=SUPPORT)] * 3, sms("Hello", SUPPORT, "+14155559999"))
    here.clock.now += 86_400_000
    await here.bring(sms("Hello", to=SUPPORT))

    assert await here.store.fetch(REFUSED) == [(SUPPORT, day, 3), (SUPPORT, day + 1, 1)]


async def test_refused_answers_are_warned_of_once_per_number_and_day_and_at_start(
    here: Frontier, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(logs.OUTPUT, "stream", written)
    await department_sends(here)

    await here.bring(*[sms("Hello", to=SUPPORT)] * 3)
    warned_of = await warn_at_start(here.store, here.clock())
    await department_takes_sms(here)
    warned_after = await warn_at_start(here.store, here.clock())

    assert (warned_of, warned_after) == (1, 0)
    lines = [line for line in written.getvalue().splitlines() if b"department_takes_sms" in line]
    assert [b"was refused" in line for line in lines] == [True, False]


async def test_a_text_of_any_length_and_with_nul_characters_is_kept(here: Frontier) -> None:
    long = InboundSms(
        carrier="acme",
        sender="Pizza 24",
        recipient=BEN,
        octets=b"x" * 5000 + b"\0",
        alphabet=Alphabet.LATIN1,
    )

    await here.bring(long)

    assert await here.received() == [("102", "x" * 5000 + "\ufffd")]


async def test_a_full_queue_turns_the_carrier_away(here: Frontier) -> None:
    for queue in here.store.queues:
        queue.limit = 0
        queue._rows = 1

    with pytest.raises(TemporaryFailure):
        await here.bring(sms("Hello"))

    for queue in here.store.queues:
        queue._rows = 0


async def test_a_receipt_is_handed_on_and_a_lost_link_turns_it_away(here: Frontier) -> None:
    report = DeliveryReport(
        carrier="acme", id="1", report=Report.DELIVERED, sender=ADA, recipient=OUTSIDE
    )
    await here.bring(report)

    async def lost(_: DeliveryReport) -> None:
        raise LeaseLost("acme")

    here.border.reported = lost
    with pytest.raises(TemporaryFailure):
        await here.bring(report)
    assert here.reports == [report]


async def test_many_at_once_all_arrive(here: Frontier) -> None:
    texts = [f"number {n}" for n in range(100)]

    await asyncio.gather(*(here.border.receive(sms(text)) for text in texts))

    assert sorted(text for _, text in await here.received()) == sorted(texts)
