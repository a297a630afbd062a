from typing import Any

import pytest

from tests.goldens import agrees
from tests.office import MINE, V1, Office, refusal

A = f"{V1}/account/~"
GOLDEN = {
    "versions": "/restapi",
    "version": V1,
    "account": A,
    "service_info": f"{A}/service-info",
    "extensions": f"{A}/extension",
    "own_extension": MINE,
    "extension_numbers": f"{MINE}/phone-number",
    "account_numbers": f"{A}/phone-number",
    "call_queues": f"{A}/call-queues",
    "grants": f"{MINE}/grant",
    "features": f"{MINE}/features",
    "authz_profile": f"{MINE}/authz-profile",
    "authz_check": f"{MINE}/authz-profile/check?permissionId=OutboundSMS",
    "languages": f"{V1}/dictionary/language",
    "timezones": f"{V1}/dictionary/timezone",
    "country": f"{V1}/dictionary/country/1",
}
"""Golden files, and what 101 asks for them."""


@pytest.mark.parametrize(("name", "path"), GOLDEN.items())
async def test_an_answer_is_spelled_to_the_letter(office: Office, name: str, path: str) -> None:
    answer = await office.call(101, "GET", path)

    assert answer.status_code == 200, answer.text
    spelled = answer.json()
    if name == "versions":
        release = office.house.counter.settings.version
        assert spelled.pop("serverVersion") == spelled.pop("serverRevision") == release
    agrees(office, name, spelled)


@pytest.mark.parametrize("path", ["/restapi", V1, f"{V1}/status"])
async def test_versions_and_status_are_for_everybody(office: Office, path: str) -> None:
    answer = await office.http.get(path)

    assert answer.status_code == 200
    assert "x-rate-limit-group" not in answer.headers


async def test_the_application_is_told_what_is_known_of_it(office: Office) -> None:
    headers = {"X-User-Agent": "Inbox/1.2 RCPythonSDK"}

    client = (await office.call(102, "GET", f"{V1}/client-info", headers=headers)).json()["client"]

    assert client == {
        "detected": True,
        "userAgent": "Inbox/1.2 RCPythonSDK",
        "appId": office.values["RC_CLIENT_ID"],
        "appName": "Inbox",
        "appVersion": "1.2",
        "locale": "en-US",
    }


# -- extensions ----------------------------------------------------------------------------------


async def numbers(office: Office, query: str) -> list[str]:
    """The extension numbers that a list shows."""
    answer = await office.call(102, "GET", f"{A}/extension?{query}")
    assert answer.status_code == 200, answer.text
    return [one["extensionNumber"] for one in answer.json()["records"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=Disabled", ["105"]),
        ("status=Disabled&status=Frozen", ["105", "106"]),
        ("status=Unassigned", []),
        ("type=Department", ["200", "201"]),
        ("type=Voicemail&type=Bot", ["104"]),
        ("type=User&status=Enabled", ["101", "102", "103", "107"]),
        ("extensionNumber=104", ["104"]),
        ("extensionNumber=999", []),
        ("email=BEN@demo.invalid&email=cleo@demo.invalid", ["102", "103"]),
        ("perPage=2&page=2", ["103", "104"]),
        ("perPage=max&page=2", []),
        ("status=&type=Department", ["200", "201"]),
        ("unknown=1&type=Department", ["200", "201"]),
    ],
)
async def test_the_list_of_extensions_has_filters(
    office: Office, query: str, expected: list[str]
) -> None:
    assert await numbers(office, query) == expected


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=Gone", "status"),
        ("type=user", "type"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("perPage=0", "perPage"),
        ("perPage=many", "perPage"),
    ],
)
async def test_a_wrong_filter_is_named(office: Office, query: str, parameter: str) -> None:
    answer = await office.call(102, "GET", f"{A}/extension?{query}")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == parameter


@pytest.mark.parametrize(("asked", "shown"), [("max", 1000), ("all", 1000), ("5000", 1000)])
async def test_too_many_records_on_a_page_are_clamped(
    office: Office, asked: str, shown: int
) -> None:
    answer = (await office.call(102, "GET", f"{A}/extension?perPage={asked}")).json()

    assert answer["paging"]["perPage"] == shown
    assert answer["uri"].endswith(f"page=1&perPage={shown}")


async def test_the_pages_around_are_there_when_they_exist(office: Office) -> None:
    first = (await office.call(102, "GET", f"{A}/extension?perPage=4")).json()
    middle = (await office.call(102, "GET", first["navigation"]["nextPage"]["uri"])).json()
    last = (await office.call(102, "GET", middle["navigation"]["nextPage"]["uri"])).json()

    assert "previousPage" not in first["navigation"]
    assert middle["navigation"]["previousPage"]["uri"] == first["uri"]
    assert "nextPage" not in last["navigation"]
    assert last["paging"] == {
        "page": 3,
        "totalPages": 3,
        "perPage": 4,
        "totalElements": 9,
        "pageStart": 8,
        "pageEnd": 8,
    }


async def test_an_empty_page_has_no_places(office: Office) -> None:
    answer = (await office.call(102, "GET", f"{A}/extension?status=Unassigned")).json()

    assert answer["records"] == []
    assert answer["paging"] == {"totalPages": 1, "perPage": 100, "totalElements": 0}


async def test_what_an_extension_can_do_is_shown_to_itself_only(office: Office) -> None:
    own = (await office.call(102, "GET", MINE)).json()
    other = (await office.call(102, "GET", f"{A}/extension/{office.id(103)}")).json()

    assert {one["featureName"]: one["enabled"] for one in own["serviceFeatures"]}["SMS"]
    assert "serviceFeatures" not in other
    assert [one["extensionNumber"] for one in other["departments"]] == ["200"]


async def test_several_extensions_are_a_batch(office: Office) -> None:
    ids = [office.id(103), office.id(200), 5]

    answer = await office.call(
        102,
        "GET",
        f"{A}/extension/{','.join(map(str, ids))}",
        headers={"Accept": "application/vnd.ringcentral.multipart+json"},
    )

    assert answer.status_code == 207
    assert [(one["resourceId"], one["status"]) for one in answer.json()] == [
        (str(ids[0]), 200),
        (str(ids[1]), 200),
        ("5", 404),
    ]
    assert "departments" not in answer.json()[0]["body"]


async def test_a_disabled_extension_says_so(office: Office) -> None:
    dana = (await office.call(102, "GET", f"{A}/extension/{office.id(105)}")).json()

    assert (dana["status"], dana["statusInfo"]["reason"]) == ("Disabled", "Voluntarily")


UNKNOWN = {
    "account/5": "accountId",
    "account/5/extension": "accountId",
    "account/~/extension/5": "extensionId",
    "account/~/extension/x": "extensionId",
    "account/~/extension/5/phone-number": "extensionId",
    "account/5/extension/~/phone-number": "accountId",
    "account/~/phone-number/5": "phoneNumberId",
    "account/~/phone-number/x": "phoneNumberId",
    "account/~/call-queues/5": "groupId",
    "account/~/call-queues/~/members": "groupId",
    "account/~/department/5/members": "departmentId",
    "account/~/extension/~/authz-profile/check?permissionId=Users&targetExtensionId=5": (
        "targetExtensionId"
    ),
    "dictionary/country/0": "countryId",
    "dictionary/language/1": "languageId",
    "dictionary/timezone/x": "timezoneId",
}


@pytest.mark.parametrize(("path", "parameter"), UNKNOWN.items())
async def test_what_is_not_there_is_named(office: Office, path: str, parameter: str) -> None:
    answer = await office.call(101, "GET", f"{V1}/{path}")

    assert refusal(answer) == (404, "CMN-102")
    assert answer.json()["parameterName"] == parameter


async def test_ids_may_be_spelled_out(office: Office) -> None:
    account, ben = office.company.account_id, office.id(102)

    spelled = await office.call(102, "GET", f"{V1}/account/{account}/extension/{ben}")

    assert spelled.json() == (await office.call(102, "GET", MINE)).json()


# -- phone numbers -------------------------------------------------------------------------------


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


# -- who may do what -----------------------------------------------------------------------------


async def available(office: Office, who: int) -> dict[str, str | None]:
    """The features of an extension, with the reason of those that are not available."""
    records = (await office.call(who, "GET", "features")).json()["records"]
    return {one["id"]: None if one["available"] else one["reason"]["code"] for one in records}


async def test_features_depend_on_type_numbers_and_permissions(office: Office) -> None:
    ben, desk, fay, support = [await available(office, who) for who in (102, 104, 107, 200)]

    assert (ben["SMSSending"], ben["PagesSending"], ben["SMSReceiving"]) == (None, None, None)
    assert ben["ReadAccountPhoneNumbers"] == "InsufficientPermissions"
    assert ben["MMSSending"] == "ServicePlanLimitation"
    assert (desk["SMSSending"], desk["SMSReceiving"]) == ("ExtensionTypeLimitation", None)
    assert fay["SMSSending"] == "ExtensionLimitation"
    assert (support["SMSSending"], support["PagesSending"]) == (None, "ExtensionTypeLimitation")
    assert support["SMSReceiving"] == "ExtensionTypeLimitation"


async def test_features_can_be_asked_for_by_their_ids(office: Office) -> None:
    path = "features?featureId=MMSSending&featureId=SMSSending"

    both = (await office.call(102, "GET", path)).json()["records"]
    one = (await office.call(102, "GET", f"{path}&availableOnly=True")).json()["records"]

    assert [record["id"] for record in both] == ["SMSSending", "MMSSending"]
    assert one == [{"id": "SMSSending", "available": True}]


@pytest.mark.parametrize(
    ("who", "query", "successful"),
    [
        (102, "permissionId=OutboundSMS", True),
        (102, "permissionId=Users", False),
        (101, "permissionId=Users", True),
        (102, "permissionId=Unheard", False),
        (102, "permissionId=ReadMessages&targetExtensionId={103}", False),
        (102, "permissionId=ReadExtensions&targetExtensionId={103}", True),
        (101, "permissionId=ReadMessages&targetExtensionId={103}", True),
        (102, "permissionId=ReadMessages&targetExtensionId=~", True),
    ],
)
async def test_a_permission_can_be_checked(
    office: Office, who: int, query: str, successful: bool
) -> None:
    spelled = query.replace("{103}", str(office.id(103)))

    answer = (await office.call(who, "GET", f"authz-profile/check?{spelled}")).json()

    assert answer["successful"] is successful
    assert ("details" in answer) is successful


async def test_a_check_needs_a_permission(office: Office) -> None:
    answer = await office.call(102, "GET", "authz-profile/check")

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["parameterName"] == "permissionId"


@pytest.mark.parametrize("name", ["grant", "features", "authz-profile", "phone-number"])
async def test_what_is_personal_is_not_for_colleagues(office: Office, name: str) -> None:
    path = f"{A}/extension/{office.id(103)}/{name}"

    assert refusal(await office.call(102, "GET", path)) == (403, "CMN-404")
    assert (await office.call(101, "GET", path)).status_code == 200


async def test_grants_are_for_managers(office: Office) -> None:
    assert (await office.call(102, "GET", "grant")).json()["records"] == []
    assert (await office.call(101, "GET", "grant?extensionType=User")).json()["records"] == []


# -- dictionary and numbers ----------------------------------------------------------------------


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
