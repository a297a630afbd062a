"""Who may do what: every route times every kind of caller, each with its exact status and code.

The rows stand here and not in the code that is tested; a route without a row fails.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from postroom.api.routes import served
from postroom.directory import provisioning
from postroom.model.extension import ExtensionStatus
from postroom.store.database import StoreSettings, migrate
from postroom.wire.region_info import timezone
from tests.office import Office, opened

OK = "ok"
NO_SUCH = (404, "CMN-102")
ANOTHER = (403, "CMN-404")
NO_SCOPE = (403, "CMN-401")
NO_PERMISSION = (403, "CMN-408")
NOT_ADMINISTRATOR = (403, "CMN-402")
NOT_PARTICIPANT = (403, "MSG-326")
MAY_NOT_PAGE = (403, "MSG-330")
LOGGED_OUT = {
    "no token": (401, "AGW-401"),
    "unknown token": (401, "OAU-213"),
    "expired": (401, "OAU-128"),
    "revoked": (401, "OAU-213"),
    "disabled since log-in": (401, "OAU-141"),
    "frozen since log-in": (401, "OAU-141"),
}
Cell = str | tuple[int, str]
LIMITED = {"ReadMessages", "ReadAccounts"}

BY_KIND: dict[str, dict[str, Cell]] = {
    "free": {"owner": OK, "other": OK, "administrator": OK, "manager": OK},
    "personal": {"owner": OK, "other": ANOTHER, "administrator": OK, "manager": ANOTHER},
    "mailbox": {"owner": OK, "other": ANOTHER, "administrator": OK, "manager": OK},
    "sender": {"owner": OK, "other": ANOTHER, "administrator": ANOTHER, "manager": ANOTHER},
    "pager": {"owner": OK, "other": ANOTHER, "administrator": ANOTHER, "manager": MAY_NOT_PAGE},
    "administrative": {
        "owner": NO_PERMISSION,
        "other": NO_PERMISSION,
        "administrator": OK,
        "manager": NO_PERMISSION,
    },
    "department": {
        "owner": NO_PERMISSION,
        "other": NO_PERMISSION,
        "administrator": OK,
        "manager": OK,
    },
    "simulator": {
        "owner": NOT_ADMINISTRATOR,
        "other": NOT_ADMINISTRATOR,
        "administrator": OK,
        "manager": NOT_ADMINISTRATOR,
    },
}
"""What the callers of each kind of route get when app and user have every right."""


class Rule(NamedTuple):
    """A row: the kind of route, and what app and user need; `closed` is a removed member's cell."""

    kind: str
    scope: str | None = None
    permission: str | None = None
    body: Any = None
    closed: Cell | None = None


READ_ACCOUNT = ("ReadAccounts", "ReadExtensions")
READ = ("ReadMessages", "ReadMessages")
EDIT = ("EditMessages", "EditMessages")
RULES: dict[str, Rule] = {
    "readAPIVersions": Rule("public"),
    "readAPIVersion": Rule("public"),
    "readAPIStatus": Rule("public"),
    "getToken": Rule("public"),
    "revokeToken": Rule("public"),
    "readClientInfo": Rule("free"),
    "listCountries": Rule("free"),
    "readCountry": Rule("free"),
    "listLanguages": Rule("free"),
    "readLanguage": Rule("free"),
    "listTimezones": Rule("free"),
    "readTimezone": Rule("free"),
    "parsePhoneNumber": Rule("free", body={"originalStrings": ["16505550101"]}),
    "readAccountInfo": Rule("free", "ReadAccounts", "ReadCompanyInfo"),
    "readAccountServiceInfo": Rule("free", "ReadAccounts", "ReadCompanyInfo"),
    "listExtensions": Rule("free", *READ_ACCOUNT),
    "readExtension": Rule("free", *READ_ACCOUNT),
    "listCallQueues": Rule("free", *READ_ACCOUNT),
    "readCallQueueInfo": Rule("free", *READ_ACCOUNT),
    "listCallQueueMembers": Rule("free", *READ_ACCOUNT),
    "listDepartmentMembers": Rule("free", *READ_ACCOUNT),
    "readExtensionFeatures": Rule("personal", *READ_ACCOUNT),
    "listExtensionGrants": Rule("personal", "ReadAccounts", "ReadExtensionGrant"),
    "listExtensionPhoneNumbers": Rule("personal", "ReadAccounts", "ReadUserPhoneNumbers"),
    "readAuthorizationProfile": Rule("personal"),
    "checkUserPermission": Rule("personal"),
    "listAccountPhoneNumbers": Rule("administrative", "ReadAccounts", "ReadCompanyPhoneNumbers"),
    "readAccountPhoneNumber": Rule("administrative", "ReadAccounts", "ReadCompanyPhoneNumbers"),
    "assignMultipleCallQueueMembers": Rule(
        "department", "EditExtensions", "Groups", {"addedExtensionIds": []}
    ),
    "assignMultipleDepartmentMembers": Rule(
        "administrative", "EditAccounts", "UserGroups", {"items": [{"departmentId": "{200}"}]}
    ),
    "listMessages": Rule("mailbox", *READ),
    "listSMSMessages": Rule("mailbox", *READ),
    "listFaxMessages": Rule("mailbox", *READ),
    "listPagerMessages": Rule("mailbox", *READ),
    "readMessage": Rule("mailbox", *READ, closed=NOT_PARTICIPANT),
    "readSMSMessage": Rule("mailbox", *READ, closed=NO_SUCH),
    "readFaxMessage": Rule("mailbox", *READ, closed=NO_SUCH),
    "readPagerMessage": Rule("mailbox", *READ, closed=NOT_PARTICIPANT),
    "readMessageContent": Rule(
        "mailbox", "ReadMessages", "ReadMessageContent", closed=NOT_PARTICIPANT
    ),
    "updateMessage": Rule("mailbox", *EDIT, {"readStatus": "Read"}, NOT_PARTICIPANT),
    "patchMessage": Rule("mailbox", *EDIT, {"readStatus": "Read"}, NOT_PARTICIPANT),
    "deleteMessage": Rule("mailbox", *EDIT, closed=NOT_PARTICIPANT),
    "deleteMessageByFilter": Rule("mailbox", *EDIT),
    "createSMSMessage": Rule(
        "sender",
        "SMS",
        "OutboundSMS",
        {
            "from": {"phoneNumber": "+16505550102"},
            "to": [{"phoneNumber": "+14155550123"}],
            "text": "Hi",
        },
    ),
    "createInternalTextMessage": Rule(
        "pager",
        "InternalMessages",
        "InternalSMS",
        {"to": [{"extensionNumber": "101"}], "text": "Hi"},
    ),
    "simulateInboundSms": Rule(
        "simulator",
        body={"from": "+14155550123", "to": "+16505550102", "text": "Hi"},
    ),
}
TYPED = {"readSMSMessage": NO_SUCH, "readFaxMessage": NO_SUCH}
"""Gets that are bound to another type than that of the message at hand, a page."""

ENDPOINTS = {one.operation: one for one in served(demo=True)}
ACTORS = (
    "owner",
    "other",
    "administrator",
    "manager",
    "removed member",
    "other account",
    "unknown extension",
    "app without scope",
    "user without permission",
    *LOGGED_OUT,
)


def test_every_route_has_a_row() -> None:
    assert set(ENDPOINTS) == set(RULES)


def expected(operation: str, actor: str) -> Cell | None:
    """The cell; `None` where the actor cannot be: without the parameter in the path, say."""
    rule, path = RULES[operation], ENDPOINTS[operation].path
    if rule.kind == "public":
        return OK if actor in LOGGED_OUT or actor == "owner" else None
    if actor in LOGGED_OUT:
        return LOGGED_OUT[actor]
    if actor == "removed member":
        return rule.closed
    if actor == "other account":
        return NO_SUCH if "{accountId}" in path else None
    if actor == "unknown extension":
        return NO_SUCH if "{extensionId}" in path else None
    if actor == "app without scope":
        return None if rule.scope is None or rule.scope in LIMITED else NO_SCOPE
    if actor == "user without permission":
        return None if rule.permission is None else NO_PERMISSION
    cell = BY_KIND[rule.kind][actor]
    return TYPED.get(operation, cell) if cell == OK else cell


CELLS = [
    pytest.param(operation, actor, id=f"{operation}-{actor.replace(' ', '-')}")
    for operation in sorted(RULES)
    for actor in ACTORS
    if expected(operation, actor) is not None
]


class Stage(NamedTuple):
    """The office with everything that the actors need."""

    office: Office
    tokens: dict[str, str]
    message: dict[str, int]
    closed: int


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One office for all cells: none of them changes what another one needs."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    where = StoreSettings(path=folder / "postroom.db")
    await migrate(where)
    async with opened(where, folder) as office:
        yield await _set(office)


async def _set(office: Office) -> Stage:
    """Fay becomes a manager, Cleo loses a right, Ben his conversation, others their sessions."""
    store, company = office.house.store, office.company
    managers = [office.id(107)]
    await provisioning.set_managers(
        store, company, office.id(200), managers, office.clock(), present=True
    )
    await office.page(101, 200)
    [closed] = await office.inbox(102)
    await office.assign(200, remove=(102,))
    tokens = {who: await office.token(number) for who, number in _NUMBERS.items()}
    tokens["app without scope"] = await office.log_in("101", client="RC_LIMITED_CLIENT")
    tokens["expired"] = await _expired(office)
    tokens["revoked"] = await _revoked(office)
    for who, status in _STATES.items():
        tokens[who] = await _changed(office, status)
    await office.call(101, "GET", "/restapi/v1.0/account/~/extension")
    return Stage(office, tokens, {}, closed["id"])


_NUMBERS = {"owner": 102, "other": 103, "administrator": 101, "manager": 107}
_STATES = {
    "disabled since log-in": ExtensionStatus.DISABLED,
    "frozen since log-in": ExtensionStatus.FROZEN,
}


async def _expired(office: Office) -> str:
    office.clock.forward(-4 * 3600 * 1000)
    token = await office.log_in("102")
    office.clock.forward(4 * 3600 * 1000)
    return token


async def _revoked(office: Office) -> str:
    token = await office.log_in("102")
    client = (office.values["RC_CLIENT_ID"], office.values["RC_CLIENT_SECRET"])
    answer = await office.http.post("/restapi/oauth/revoke", auth=client, data={"token": token})
    assert answer.status_code == 200
    return token


async def _changed(office: Office, status: ExtensionStatus) -> str:
    """The token of the department, whose state changes after it logged in and back for the next."""
    store = office.house.store
    department = office.company.by_number["104"]
    active = msgspec.structs.replace(department, status=ExtensionStatus.ENABLED)
    await provisioning.change_extension(store, active)
    token = await office.log_in("104")
    assert (await _ask(office, token)).status_code == 200
    await provisioning.change_extension(store, msgspec.structs.replace(active, status=status))
    assert (await _ask(office, token)).status_code == 401
    return token


async def _ask(office: Office, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return await office.http.get("/restapi/v1.0/account/~", headers=headers)


async def _permission(stage: Stage, permission: str) -> str:
    """Take a right from Cleo, who has an administrator's ones otherwise; her token."""
    office = stage.office
    cleo = office.company.by_number["103"]
    denied = msgspec.structs.replace(cleo, administrator=True, denied=frozenset({permission}))
    await provisioning.change_extension(office.house.store, denied)
    return stage.tokens["other"]


async def _restore(stage: Stage) -> None:
    office = stage.office
    cleo = office.company.by_number["103"]
    plain = msgspec.structs.replace(cleo, administrator=False, denied=frozenset())
    await provisioning.change_extension(office.house.store, plain)


async def _fresh_message(stage: Stage, number: int) -> int:
    """A page in the mailbox that is asked about."""
    await stage.office.page(101, number)
    listed = await stage.office.inbox_of(number)
    return int(listed[0]["id"])


@pytest.mark.parametrize(("operation", "actor"), CELLS)
async def test_each_cell(stage: Stage, operation: str, actor: str) -> None:
    wanted, endpoint = expected(operation, actor), ENDPOINTS[operation]
    rule = RULES[operation]
    token = stage.tokens.get(actor, stage.tokens["owner"])
    if actor == "user without permission":
        token = await _permission(stage, rule.permission or "")

    answer = await stage.office.http.request(
        endpoint.method,
        await _url(stage, endpoint.path, actor, operation),
        headers=_headers(actor, token),
        json=_body(stage, rule, actor),
    )

    if actor == "user without permission":
        await _restore(stage)
    if wanted == OK:
        assert answer.status_code < 300 or rule.kind == "public", answer.text
        assert answer.status_code != 401 or rule.kind == "public"
    else:
        error = answer.json()["errors"][0]["errorCode"]
        assert (answer.status_code, error) == wanted


def _headers(actor: str, token: str) -> dict[str, str]:
    match actor:
        case "no token":
            return {}
        case "unknown token":
            return {"Authorization": "Bearer nobody-knows-me"}
        case _:
            return {"Authorization": f"Bearer {token}"}


def _body(stage: Stage, rule: Rule, actor: str) -> Any:
    spelled = msgspec.json.encode(rule.body).replace(b"{200}", str(stage.office.id(200)).encode())
    return None if rule.body is None else msgspec.json.decode(spelled)


async def _url(stage: Stage, path: str, actor: str, operation: str) -> str:
    """The path as the actor asks for it: their own, Ben's, or the department's for its manager."""
    office = stage.office
    whose = {"manager": 200, "user without permission": 103, "app without scope": 101}
    number = whose.get(actor, 102)
    values = {
        "accountId": "1" if actor == "other account" else "~",
        "extensionId": str(office.id(number)),
        "groupId": str(office.id(200)),
        "departmentId": str(office.id(200)),
        "countryId": "1",
        "languageId": "1033",
        "timezoneId": timezone("").id,
        "phoneNumberId": str(office.company.numbers["+16505550101"].id),
        "attachmentId": "1",
    }
    if actor == "unknown extension":
        values["extensionId"] = "123"
    if "{messageId}" in path:
        is_closed = actor == "removed member"
        id = stage.closed if is_closed else await _fresh_message(stage, number)
        values["messageId"] = str(id)
    query = "?permissionId=ReadMessages" if operation == "checkUserPermission" else ""
    return path.format(**values) + query
