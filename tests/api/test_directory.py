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
