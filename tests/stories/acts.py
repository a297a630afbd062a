"""Everything that is entered into the audit log, done once."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from postroom.directory import auditing, credentials, provisioning
from postroom.directory.auditing import Wanted
from postroom.directory.passwords import hash_password
from postroom.model.audit import Act, Actor, ActorKind, Entry, Signature
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

OTHERS: dict[str, tuple[Act, Do]] = {
    "members": (Act.MEMBERS_SET, members),
    "managers": (Act.MEMBERS_SET, managers),
    "extension": (Act.EXTENSION_ADD, add),
    "settings": (Act.ACCOUNT_SET, settings),
}
