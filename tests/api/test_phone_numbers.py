from typing import Any

import pytest

from tests.office import MINE, V1, Office, refusal

A = f"{V1}/account/~"


async def features(office: Office, who: int, path: str = f"{MINE}/phone-number") -> dict[str, Any]:
    """What may be done with each number of a list."""
    answer = await office.call(who, "GET", path)
    assert answer.status_code == 200, answer.text
    return {one["phoneNumber"]: set(one["features"]) for one in answer.json()["records"]}


BOTH, CALLS = {"SmsSender", "CallerId"}, {"CallerId"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (101, {"+16505550101": BOTH, "+16505550100": BOTH}),
        (102, {"+16505550102": BOTH, "+16505550100": CALLS}),
        (104, {"+16505550104": CALLS, "+16505550100": CALLS}),
        (107, {"+16505550100": CALLS}),
        (200, {"+16505550120": BOTH, "+16505550100": CALLS}),
    ],
)
async def test_only_an_extensions_own_numbers_send_sms(
    office: Office, who: int, expected: dict[str, set[str]]
) -> None:
    assert await features(office, who) == expected


async def test_a_departments_numbers_are_for_itself_and_the_administrator(office: Office) -> None:
    path = f"{A}/extension/{office.id(200)}/phone-number"

    assert (await features(office, 101, path))["+16505550120"] == BOTH
    assert refusal(await office.call(102, "GET", path)) == (403, "CMN-404")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("usageType=DirectNumber", ["+16505550102"]),
        ("usageType=MainCompanyNumber&usageType=ForwardedNumber", ["+16505550100"]),
        ("status=Normal", ["+16505550102", "+16505550100"]),
        ("status=Pending", []),
        ("perPage=1", ["+16505550102"]),
    ],
)
async def test_the_numbers_of_an_extension_have_filters(
    office: Office, query: str, expected: list[str]
) -> None:
    answer = await office.call(102, "GET", f"{MINE}/phone-number?{query}")

    assert [one["phoneNumber"] for one in answer.json()["records"]] == expected


@pytest.mark.parametrize("query", ["usageType=Any", "status=Old"])
async def test_a_usage_that_there_is_not_is_refused(office: Office, query: str) -> None:
    answer = await office.call(102, "GET", f"{MINE}/phone-number?{query}")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 8),
        ("extensionStatus=Disabled", 1),
        ("paymentType=TollFree", 0),
        ("paymentType=Local&usageType=MainCompanyNumber", 1),
    ],
)
async def test_the_numbers_of_the_account_are_for_administrators(
    office: Office, query: str, count: int
) -> None:
    path = f"{A}/phone-number?{query}"

    assert (await office.call(101, "GET", path)).json()["paging"]["totalElements"] == count
    assert refusal(await office.call(102, "GET", path)) == (403, "CMN-408")


async def test_numbers_are_got_by_id_one_or_several(office: Office) -> None:
    records = (await office.call(101, "GET", f"{A}/phone-number")).json()["records"]
    ids = [one["id"] for one in records[:2]]

    alone = await office.call(101, "GET", f"{A}/phone-number/{ids[0]}")
    batch = await office.call(
        101,
        "GET",
        f"{A}/phone-number/{ids[0]},{ids[1]}",
        headers={"Accept": "application/vnd.ringcentral.multipart+json"},
    )

    assert alone.json() == records[0]
    assert [one["body"] for one in batch.json()] == records[:2]
