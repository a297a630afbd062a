"""Rule 7: who may receive what, and what becomes of an SMS to a department."""

from postroom.directory import provisioning
from postroom.mailbox.refusals import warn_at_start
from postroom.model.company import AccountSettings
from postroom.model.traffic import Alphabet, InboundSms
from postroom.observability import metrics
from tests.office import OUTSIDE, Office

DEPARTMENT = "+16505550120"


def inbound(to: str, text: bytes = b"Hello", sender: str = OUTSIDE) -> InboundSms:
    return InboundSms(
        carrier="simulator", sender=sender, recipient=to, octets=text, alphabet=Alphabet.GSM7
    )


def dropped() -> int:
    return sum(metrics.dropped.values.values())


async def allow(office: Office) -> None:
    settings = AccountSettings(department_takes_sms=True)
    company = office.company
    await provisioning.set_account(
        office.house.store, company, main_number=company.main_number, settings=settings
    )


async def test_users_and_take_messages_only_receive_sms(office: Office) -> None:
    for number, who in (("+16505550102", 102), ("+16505550104", 104)):
        await office.house.border.receive(inbound(number))

        [message] = await office.inbox(who)
        assert (message["type"], message["messageStatus"]) == ("SMS", "Received")
        assert message["from"]["phoneNumber"] == OUTSIDE
        assert message["to"][0]["phoneNumber"] == number


async def test_take_messages_only_and_departments_receive_pages(office: Office) -> None:
    await office.page(101, 104, 200)

    assert len(await office.inbox(104)) == 1
    assert len(await office.inbox(200)) == 1


async def test_an_sms_from_outside_to_a_department_is_taken_and_stored_nowhere(
    office: Office,
) -> None:
    before = dropped()

    await office.house.border.receive(inbound(DEPARTMENT))

    for who in (101, 102, 103, 200):
        assert await office.inbox_of(who) == []
    assert dropped() == before + 1


async def test_an_sms_from_inside_to_a_department_stays_in_the_senders_outbox(
    office: Office,
) -> None:
    before = dropped()

    answer = await office.sms(102, "+16505550102", DEPARTMENT)

    assert dropped() == before + 1
    assert (answer.status_code, answer.json()["messageStatus"]) == (200, "Sent")
    assert len(await office.inbox(102)) == 1
    assert await office.inbox_of(200) == []
    assert await office.inbox(103) == []


async def test_a_setting_lets_the_departments_own_mailbox_take_it(office: Office) -> None:
    await allow(office)

    await office.house.border.receive(inbound(DEPARTMENT))
    await office.sms(102, "+16505550102", DEPARTMENT)

    assert len(await office.inbox_of(200)) == 2
    assert await office.inbox(103) == []


async def test_a_refused_answer_from_inside_is_remembered_too(office: Office) -> None:
    await office.sms(200, DEPARTMENT, "+16505550102")
    await office.sms(102, "+16505550102", DEPARTMENT)

    assert await warn_at_start(office.house.store, office.clock()) == 1


async def test_a_refused_answer_is_remembered_with_its_number(office: Office) -> None:
    await office.sms(200, DEPARTMENT, OUTSIDE)
    await office.house.border.receive(inbound(DEPARTMENT))
    await office.house.border.receive(inbound(DEPARTMENT, sender="+14155559999"))

    warned = await warn_at_start(office.house.store, office.clock())

    assert warned == 1
    await allow(office)
    assert await warn_at_start(office.house.store, office.clock()) == 0
