import pytest

from tests.goldens import agrees
from tests.office import V1, Office, refusal


async def test_countries_have_unique_ids_and_their_own_address(office: Office) -> None:
    path = f"{V1}/dictionary/country?perPage=max"
    records = (await office.call(102, "GET", path)).json()["records"]

    assert len({one["id"] for one in records}) == len(records) > 200
    for one in (records[0], records[-1]):
        assert (await office.call(102, "GET", one["uri"])).json() == one


async def test_numbers_are_taken_apart(office: Office) -> None:
    texts = ["(650) 555-0101", "+442079460018", "18005551234", "911", "hello", ""]

    answer = await office.call(
        102, "POST", f"{V1}/number-parser/parse", json={"originalStrings": texts}
    )

    agrees(office, "parsed_numbers", answer.json())


async def test_numbers_are_read_as_at_home(office: Office) -> None:
    path = f"{V1}/number-parser/parse?homeCountry=GB"

    answer = await office.call(102, "POST", path, json={"originalStrings": ["020 7946 0018"]})

    assert answer.json()["phoneNumbers"][0]["e164"] == "+442079460018"
    assert answer.json()["homeCountry"]["isoCode"] == "GB"


@pytest.mark.parametrize(
    ("path", "body", "parameter"),
    [
        ("parse?homeCountry=XX", {"originalStrings": ["1"]}, "homeCountry"),
        ("parse?nationalAsPriority=maybe", {"originalStrings": ["1"]}, "nationalAsPriority"),
        ("parse", {"originalStrings": []}, "originalStrings"),
        ("parse", {"originalStrings": ["1"] * 65}, "originalStrings"),
        ("parse", {"originalStrings": ["1" * 65]}, "originalStrings"),
        ("parse", {}, "originalStrings"),
    ],
)
async def test_what_cannot_be_parsed_is_named(
    office: Office, path: str, body: dict[str, list[str]], parameter: str
) -> None:
    answer = await office.call(102, "POST", f"{V1}/number-parser/{path}", json=body)

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == parameter
