"""The audit log: each act writes its entry, in the transaction that it tells of."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from postroom.directory import app_registry, auditing, credentials, provisioning
from postroom.directory.auditing import Wanted
from postroom.directory.founding import found_account
from postroom.directory.passwords import hash_password
from postroom.model.audit import THE_HOUSE, Act, Actor, ActorKind, Entry, Signature
from postroom.model.extension import ExtensionStatus
from postroom.model.ids import AccountId, ConversationId
from tests.office import JWT_GRANT, Office

Do = Callable[[Office], Awaitable[Any]]
TOKEN, REVOKE = "/restapi/oauth/token", "/restapi/oauth/revoke"


def signed(office: Office) -> Signature:
    """Somebody at the command line."""
    return Signature(Actor(kind=ActorKind.OPERATOR, name="root"), office.clock())


async def entries(office: Office, account_id: int | None = None) -> list[Entry]:
    id = office.company.account_id if account_id is None else AccountId(account_id)
    return [entry async for entry in auditing.every(office.house.store, Wanted(id))]


async def message(office: Office) -> str:
    """The id of a page in Ben's mailbox."""
    await office.page(101, 102)
    return str((await office.inbox(102))[0]["id"])


# -- the acts ------------------------------------------------------------------------------------


async def delete(office: Office) -> None:
    await office.call(102, "DELETE", f"message-store/{await message(office)}")


async def restore(office: Office) -> None:
    id = await message(office)
    await office.call(102, "DELETE", f"message-store/{id}")
    await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})


async def purge(office: Office) -> None:
    await office.call(102, "DELETE", f"message-store/{await message(office)}?purge=true")


async def purge_all(office: Office) -> None:
    await message(office)
    await office.call(102, "DELETE", "message-store?purge=true")


async def hold(office: Office) -> str:
    body = {"reason": "Acme v. Doe", "extensionId": str(office.id(102))}
    placed = await office.call(101, "POST", "/postroom/v1/holds", json=body)
    return str(placed.json()["id"])


async def release(office: Office) -> None:
    await office.call(101, "DELETE", f"/postroom/v1/holds/{await hold(office)}")


async def log_in(office: Office) -> Any:
    return (await office.ask_token("102")).json()


async def refresh(office: Office) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": (await log_in(office))["refresh_token"]}
    assert (await office.http.post(TOKEN, auth=app_of(office), data=form)).status_code == 200


def app_of(office: Office) -> tuple[str, str]:
    return office.values["RC_CLIENT_ID"], office.values["RC_CLIENT_SECRET"]


async def log_out(office: Office) -> None:
    form = {"token": (await log_in(office))["access_token"]}
    for _ in range(2):
        assert (await office.http.post(REVOKE, auth=app_of(office), data=form)).status_code == 200


async def fail(office: Office) -> None:
    form = {"grant_type": "password", "username": office.values["RC_USERNAME"], "password": "no"}
    for _ in range(9):
        answer = await office.http.post(TOKEN, auth=app_of(office), data=form)
        assert answer.status_code == 400


async def change(office: Office) -> None:
    ben = office.company.by_number["102"]
    after = msgspec.structs.replace(
        ben,
        administrator=True,
        status=ExtensionStatus.FROZEN,
        denied=frozenset({"OutboundSMS"}),
        email="new@example.com",
    )
    await provisioning.change_extension(office.house.store, after, signed=signed(office))


async def remove(office: Office) -> None:
    store, company = office.house.store, office.company
    ben = company.by_number["102"]
    await provisioning.remove_extension(store, company, ben, office.clock(), signed=signed(office))


async def add(office: Office) -> None:
    new = [provisioning.extension("301", "New Person")]
    await provisioning.add_extensions(
        office.house.store, office.company, office.house.counter.ids, new, signed=signed(office)
    )


async def password(office: Office) -> None:
    ben = office.company.by_number["102"]
    hash = hash_password("correct horse")
    await provisioning.set_password(office.house.store, ben, hash, signed=signed(office))


async def number(office: Office) -> None:
    ids, company = office.house.counter.ids, office.company
    await provisioning.add_number(
        office.house.store, company, ids, "+16505550177", office.id(102), signed=signed(office)
    )


async def no_number(office: Office) -> None:
    old = office.company.numbers["+16505550102"]
    store, company = office.house.store, office.company
    await provisioning.remove_number(store, company, old, signed=signed(office))


async def members(office: Office) -> None:
    await office.assign(201, add=(102, 103))


async def managers(office: Office) -> None:
    store, company, now = office.house.store, office.company, office.clock()
    await provisioning.set_managers(
        store, company, office.id(201), [office.id(102)], now, signed=signed(office)
    )


async def participant(office: Office) -> None:
    conversation = ConversationId(int((await office.page(101, 102)).json()["conversation"]["id"]))
    await provisioning.set_participant(
        office.house.store,
        office.company,
        conversation,
        office.id(102),
        office.clock(),
        present=False,
        signed=signed(office),
    )


async def jwt(office: Office) -> None:
    ben, store = office.company.by_number["102"], office.house.store
    await credentials.add_jwt(
        store, ben, "http://x", office.clock, label="robot", signed=signed(office)
    )


async def no_jwt(office: Office) -> None:
    ben, store = office.company.by_number["102"], office.house.store
    await credentials.revoke_jwt(store, ben, office.clock, signed=signed(office))


async def settings(office: Office) -> None:
    company = office.company
    after = msgspec.structs.replace(company.settings, home_country="DE")
    await provisioning.set_account(
        office.house.store,
        company,
        main_number=company.main_number,
        settings=after,
        signed=signed(office),
    )


ACTS: dict[str, tuple[Act, Do, str, dict[str, Any]]] = {
    "delete": (Act.DELETE, delete, "user", {}),
    "restore": (Act.RESTORE, restore, "user", {}),
    "purge": (Act.PURGE, purge, "user", {}),
    "purge all": (Act.PURGE, purge_all, "user", {}),
    "hold": (Act.HOLD, hold, "user", {"reason": "Acme v. Doe"}),
    "release": (Act.RELEASE, release, "user", {}),
    "log in": (Act.LOGIN, log_in, "user", {"grant": JWT_GRANT, "ended": 0}),
    "refresh": (Act.REFRESH, refresh, "user", {}),
    "log out": (Act.LOGOUT, log_out, "user", {}),
    "password": (Act.PASSWORD_SET, password, "operator", {}),
    "number": (
        Act.NUMBER_SET,
        number,
        "operator",
        {"number": "+16505550177", "usage": "DirectNumber"},
    ),
    "participant": (Act.PARTICIPANT_SET, participant, "operator", {"present": False}),
    "jwt": (Act.JWT_ADD, jwt, "operator", {"label": "robot", "expiresMs": None}),
    "no jwt": (Act.JWT_REVOKE, no_jwt, "operator", {"label": None, "count": 2}),
    "no number": (Act.NUMBER_REMOVE, no_number, "operator", {"number": "+16505550102"}),
    "change": (
        Act.EXTENSION_SET,
        change,
        "operator",
        {
            "before": {"status": "Enabled", "administrator": False, "denied": []},
            "after": {"status": "Frozen", "administrator": True, "denied": ["OutboundSMS"]},
        },
    ),
    "remove": (Act.EXTENSION_REMOVE, remove, "operator", {"numbers": ["+16505550177"]}),
}


async def test_each_act_on_an_extension_writes_its_entry(office: Office) -> None:
    await office.token(102)
    ben, account_id = office.id(102), office.company.account_id
    for name, (act, do, kind, details) in ACTS.items():
        before = await entries(office)

        await do(office)

        new = [one for one in (await entries(office))[len(before) :] if one.act == act]
        assert [(one.extension_id, one.actor) for one in new] == [(ben, kind)], name
        told = msgspec.json.decode(new[0].details)
        assert {key: told.get(key) for key in details} == details, name
        assert abs(new[0].at_ms - office.clock()) < 60_000, name
        if kind == "user":
            who = (new[0].app, new[0].address)
            assert who == (office.values["RC_CLIENT_ID"], "127.0.0.1"), name
        else:
            assert new[0].actor_name == "root", name
        await office.house.companies.current(account_id)
        await auditing.verify(office.house.store, account_id)


OTHERS: dict[str, tuple[Act, Do]] = {
    "members": (Act.MEMBERS_SET, members),
    "managers": (Act.MEMBERS_SET, managers),
    "extension": (Act.EXTENSION_ADD, add),
    "settings": (Act.ACCOUNT_SET, settings),
}


async def test_each_act_on_the_company_writes_its_entry(office: Office) -> None:
    for name, (act, do) in OTHERS.items():
        before = await entries(office)

        await do(office)

        [new] = [one for one in (await entries(office))[len(before) :] if one.act == act]
        assert abs(new.at_ms - office.clock()) < 60_000, name
        assert new.details != "{}", name
        await office.house.companies.current(office.company.account_id)


async def test_failed_passwords_are_entered_until_the_lock_out(office: Office) -> None:
    before = await entries(office)

    await fail(office)

    new = (await entries(office))[len(before) :]
    assert [(one.act, one.actor) for one in new] == [("login-failed", "stranger")] * 5
    assert {one.extension_id for one in new} == {office.id(101)}
    assert {one.actor_extension for one in new} == {None}


async def test_apps_are_entered_in_the_chain_of_the_house(office: Office) -> None:
    store, by = office.house.store, signed(office)
    before = await entries(office, THE_HOUSE)

    app, secret = await app_registry.add_app(store, "Mine", by.at_ms, signed=by)
    await app_registry.remove_app(store, app.client_id, by.at_ms, signed=by)
    await app_registry.remove_app(store, app.client_id, by.at_ms, signed=by)

    new = (await entries(office, THE_HOUSE))[len(before) :]
    assert [one.act for one in new] == ["app-set", "app-remove"]
    assert all(app.client_id in one.details for one in new)
    assert not any(str(secret) in one.details for one in new)
    await auditing.verify(store, THE_HOUSE)


async def test_a_new_account_begins_a_chain_of_its_own(office: Office) -> None:
    store, by = office.house.store, signed(office)
    person = provisioning.extension("101", "Eve", now_ms=by.at_ms)

    made = await found_account(store, office.house.counter.ids, "Other", person, signed=by)

    found = await entries(office, made.account_id)
    assert [one.act for one in found] == ["account-add", "extension-add"]
    assert {one.actor_name for one in found} == {"root"}
    assert (await auditing.verify(store, made.account_id)).number == 2


async def test_what_changes_nothing_is_not_entered(office: Office) -> None:
    id = await message(office)
    before = await entries(office)

    await office.call(102, "PUT", f"message-store/{id}", json={"readStatus": "Read"})
    await office.call(102, "PATCH", f"message-store/{id}", json={"availability": "Alive"})
    await office.call(102, "GET", f"message-store/{id}")
    await office.assign(200, add=(102,))

    assert await entries(office) == before


async def test_no_text_and_no_secret_stands_in_the_log(office: Office) -> None:
    await office.page(101, 102, text="The quick brown fox")
    await office.call(102, "DELETE", "message-store")
    await fail(office)
    await log_out(office)

    log = msgspec.json.encode([*await entries(office), *await entries(office, THE_HOUSE)])

    hidden = ["quick brown", *(v for k, v in office.values.items() if "SECRET" in k or "JWT" in k)]
    hidden += [office.values["RC_PASSWORD"], await office.token(102)]
    assert not any(word.encode() in log for word in hidden)


async def test_administrators_read_it_page_by_page(office: Office) -> None:
    await delete(office)
    await restore(office)

    path = "/postroom/v1/audit"
    whole = (await office.call(101, "GET", f"{path}?perPage=1000")).json()["records"]
    behind = whole[4]["number"]
    some = (await office.call(101, "GET", f"{path}?behind={behind}&perPage=2")).json()["records"]
    params = {"act": "delete", "extensionId": str(office.id(102)), "dateFrom": "2020"}
    found = (await office.call(101, "GET", path, params=params)).json()["records"]

    assert [one["number"] for one in whole] == list(range(1, len(whole) + 1))
    assert some == whole[5:7]
    assert [one["act"] for one in found] == ["delete", "delete"]
    assert found[0]["actor"]["extensionId"] == str(office.id(102))
    assert (await office.call(101, "GET", f"{path}?act=fly")).status_code == 400
    assert (await office.call(101, "GET", f"{path}?dateFrom=3000")).json() == {"records": []}
