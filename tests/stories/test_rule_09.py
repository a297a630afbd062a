"""Rule 9: an SMS goes from a number that the caller owns."""

import pytest

from tests.office import OUTSIDE, V1, Office, refusal

DEPARTMENT = "+16505550120"
MAIN = "+16505550100"


@pytest.mark.parametrize("sender", ["+16505550101", "16505550101", "(650) 555-0101", MAIN])
async def test_own_numbers_may_be_spelled_in_any_way(office: Office, sender: str) -> None:
    answer = await office.sms(101, sender, OUTSIDE)

    assert answer.status_code == 200
    assert answer.json()["from"]["phoneNumber"].startswith("+1650555010")


@pytest.mark.parametrize("sender", ["+16505550102", "16509100010", MAIN, DEPARTMENT])
async def test_a_number_of_somebody_else_is_refused(office: Office, sender: str) -> None:
    answer = await office.sms(103, sender, OUTSIDE)

    assert refusal(answer) == (400, "MSG-245")
    assert await office.inbox(103) == []


@pytest.mark.parametrize("sender", ["", "12", "hello", "+"])
async def test_a_malformed_number_is_another_mistake(office: Office, sender: str) -> None:
    answer = await office.sms(101, sender, OUTSIDE)

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["errors"][0]["parameterName"] == "from.phoneNumber"


async def test_the_guides_number_is_possible_although_not_valid(office: Office) -> None:
    answer = await office.sms(101, "16505550101", "14151003732", "Test SMS message")

    assert answer.status_code == 200
    assert answer.json()["to"] == [{"phoneNumber": "+14151003732"}]


@pytest.mark.parametrize(
    ("to", "code"), [("102", "MSG-246"), ("22395", "MSG-247"), ("hello", "CMN-101")]
)
async def test_what_is_no_phone_number_cannot_be_sent_to(
    office: Office, to: str, code: str
) -> None:
    answer = await office.sms(101, "+16505550101", to)

    assert refusal(answer) == (400, code)
    assert answer.json()["errors"][0]["parameterName"].startswith("to")


async def test_a_department_sends_when_logged_in_as_itself(office: Office) -> None:
    answer = await office.sms(200, DEPARTMENT, OUTSIDE)

    assert answer.status_code == 200
    assert len(await office.inbox(200)) == 1


async def test_its_manager_does_not_send_for_it(office: Office) -> None:
    path = f"{V1}/account/~/extension/{office.id(200)}/sms"
    body = {"from": {"phoneNumber": DEPARTMENT}, "to": [{"phoneNumber": OUTSIDE}], "text": "Hi"}

    through_path = await office.call(101, "POST", path, json=body)
    by_number = await office.sms(101, DEPARTMENT, OUTSIDE)

    assert refusal(through_path) == (403, "CMN-404")
    assert refusal(by_number) == (400, "MSG-245")


async def test_who_only_takes_messages_does_not_send(office: Office) -> None:
    answer = await office.sms(104, "+16505550104", OUTSIDE)

    assert refusal(answer) == (403, "MSG-314")


async def features(office: Office, who: int, of: int | None = None) -> dict[str, list[str]]:
    extension = "~" if of is None else str(office.id(of))
    path = f"{V1}/account/~/extension/{extension}/phone-number"
    answer = await office.call(who, "GET", path)
    assert answer.status_code == 200, answer.text
    return {record["phoneNumber"]: record["features"] for record in answer.json()["records"]}


async def test_a_departments_numbers_show_that_they_can_send(office: Office) -> None:
    assert "SmsSender" in (await features(office, 200))[DEPARTMENT]
    assert "SmsSender" in (await features(office, 101, of=200))[DEPARTMENT]


async def test_the_main_number_sends_only_for_its_assigned_extension(office: Office) -> None:
    assert "SmsSender" in (await features(office, 101))[MAIN]
    assert "SmsSender" not in (await features(office, 102)).get(MAIN, [])
    assert "SmsSender" in (await features(office, 102))["+16505550102"]
