"""Who may do what: every route times every kind of caller, each with its exact status and code.

The rows stand here and not in the code that is tested; a route without a row fails.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest

from postroom.directory import provisioning
from postroom.model.extension import ExtensionStatus
from postroom.store.database import StoreSettings, migrate
from postroom.wire.region_info import timezone
from tests.api.matrix import CELLS, ENDPOINTS, OK, RULES, TEMPLATE, Rule, expected
from tests.office import Office, opened
from tests.reports import made


def test_every_route_has_a_row() -> None:
    assert set(ENDPOINTS) == set(RULES)


class Stage(NamedTuple):
    """The office with everything that the actors need."""

    office: Office
    tokens: dict[str, str]
    message: dict[str, int]
    closed: int
    report: str


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
    return Stage(office, tokens, {}, closed["id"], await made(office))


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
        "taskId": stage.report,
        "archiveId": "0",
    }
    if actor == "unknown extension":
        values["extensionId"] = "123"
    if "{messageId}" in path:
        is_closed = actor == "removed member"
        id = stage.closed if is_closed else await _fresh_message(stage, number)
        values["messageId"] = str(id)
    if "{holdId}" in path:
        body = {"reason": "Acme v. Doe", "extensionId": values["extensionId"]}
        placed = await office.call(101, "POST", "/postroom/v1/holds", json=body)
        values["holdId"] = placed.json()["id"]
    if "{templateId}" in path:
        values["templateId"] = await _template(office, path.rpartition("/")[0].format(**values))
    query = "?permissionId=ReadMessages" if operation == "checkUserPermission" else ""
    return path.format(**values) + query


async def _template(office: Office, path: str) -> str:
    """A template of the path's owner; a new one only where there is none, as they are few."""
    path = path.replace("/account/1/", "/account/~/").replace("/extension/123/", "/extension/~/")
    kind = "Personal" if "/extension/" in path else "Company"
    listed = (await office.call(101, "GET", path, params={"scope": kind})).json()["records"]
    if not listed:
        listed = [(await office.call(101, "POST", path, json=TEMPLATE)).json()]
    return str(listed[0]["id"])
