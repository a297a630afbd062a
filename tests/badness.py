"""Whom bad input is sent to, and what may come of it."""

import json
from typing import Any

import httpx

from postroom.api.endpoint import Endpoint
from postroom.api.routes import served
from tests.office import V1, Office

LIMIT = 10_485_760
REFUSED = frozenset({400, 404, 409, 413, 415, 416})
ENDPOINTS = served(demo=True)
OF_TOKENS = [one for one in ENDPOINTS if one.path.startswith("/restapi/oauth/")]
WITH_BODY = [one for one in ENDPOINTS if one.body is not None and one not in OF_TOKENS]
WITH_QUERY = [one for one in ENDPOINTS if one.query is not None and one not in OF_TOKENS]


def address(endpoint: Endpoint, office: Office, message: int) -> str:
    """The path of an endpoint with things in it that are there."""
    path = endpoint.path
    for name, value in {
        "accountId": "~",
        "extensionId": "~",
        "groupId": office.id(200),
        "departmentId": office.id(200),
        "messageId": message,
        "attachmentId": 1,
        "phoneNumberId": 1,
        "countryId": 1,
        "languageId": 1033,
        "timezoneId": 1,
    }.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


async def stored(office: Office) -> Any:
    """Everything that a request could have changed."""
    boxes = [
        await office.inbox_of(number, availability=["Alive", "Deleted", "Purged"])
        for number in (101, 102, 103, 104, 200)
    ]
    members = f"{V1}/account/~/call-queues/{office.id(200)}/members"
    return boxes, (await office.call(101, "GET", members)).json()["records"]


def check(answer: httpx.Response, what: object, also: frozenset[int] = frozenset()) -> None:
    """The answer is a refusal that is documented, with its code."""
    assert answer.status_code in REFUSED | also, (what, answer.status_code, answer.text[:300])
    if answer.status_code in REFUSED:
        assert answer.json()["errors"][0]["errorCode"], what


TO: list[object] = [{"phoneNumber": "+14155550123", "extensionNumber": "102"}]
FROM = {"phoneNumber": "+16505550101", "extensionNumber": "101"}


def spelled(**wrong: object) -> bytes:
    """A request to send, with something wrong in it."""
    return json.dumps({"from": FROM, "to": TO, "text": "Hello", **wrong}).encode()
