"""The demo company: always the same people and numbers, secrets of its own in every directory.

Tests and documentation rely on it; see README.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import msgspec

from postroom.directory.app_registry import new_app, redirect
from postroom.directory.credentials import KEY, new_jwt
from postroom.directory.keys import key
from postroom.directory.passwords import hash_password
from postroom.directory.provisioning import extension
from postroom.model.audit import HOUSE, Signature
from postroom.model.company import AccountSettings, PhoneNumber, Role, Usage
from postroom.model.extension import Extension, ExtensionStatus, ExtensionType
from postroom.model.ids import AccountId, ExtensionId, NumberId
from postroom.model.oauth import App
from postroom.store import credentials, memberships, number_rows
from postroom.store import provisioning as steps
from postroom.store.commands import Steps
from postroom.store.database import Store

MAIN_NUMBER = "+16505550100"
USER, VOICEMAIL, DEPARTMENT = (
    ExtensionType.USER,
    ExtensionType.VOICEMAIL,
    ExtensionType.DEPARTMENT,
)
ENABLED, DISABLED, FROZEN = (
    ExtensionStatus.ENABLED,
    ExtensionStatus.DISABLED,
    ExtensionStatus.FROZEN,
)


class Person(NamedTuple):
    """One row of the demo's table."""

    number: str
    name: str
    type: ExtensionType
    status: ExtensionStatus
    direct: str | None


PEOPLE = (
    Person("101", "Ada Arnold", USER, ENABLED, "+16505550101"),
    Person("102", "Ben Brown", USER, ENABLED, "+16505550102"),
    Person("103", "Cleo Clark", USER, ENABLED, "+16505550103"),
    Person("104", "Front desk", VOICEMAIL, ENABLED, "+16505550104"),
    Person("105", "Dana Diaz", USER, DISABLED, "+16505550105"),
    Person("106", "Eli Evans", USER, FROZEN, "+16505550106"),
    Person("107", "Fay Foster", USER, ENABLED, None),
    Person("200", "Support", DEPARTMENT, ENABLED, "+16505550120"),
    Person("201", "Night shift", DEPARTMENT, ENABLED, None),
)
ADMINISTRATOR = "101"
MEMBERS = {"200": ("102", "103", "105")}
MANAGERS = {"200": ("101",)}
WITH_JWT = ("101", "102", "103", "104", "105", "106", "107", "200")
LIMITED_SCOPES = ("ReadMessages", "ReadAccounts")
CLIENTS = ("RC_CLIENT_ID", "RC_PUBLIC_CLIENT_ID", "RC_LIMITED_CLIENT_ID")
CALLBACK = "/demo/callback"
RECIPIENTS = ("+14155550123", "+14155550124")


async def seed(
    store: Store,
    ids: Iterator[int],
    clock: Callable[[], int],
    server_url: str,
    keep: Callable[[Mapping[str, str]], object] | None = None,
) -> dict[str, str]:
    """Furnish an empty store in one transaction; the values of `demo.env`, with every secret.

    `keep` gets them first, so that there is never a company whose secrets nobody has.
    """
    signing, now = await key(store, KEY), clock()
    people = _people(ids, now)
    numbers = _numbers(people, ids)
    password = secrets.token_urlsafe(12)
    hash = hash_password(password)
    apps, values = _apps(server_url)
    jwts = {
        number: new_jwt(
            signing, people[number], server_url, now, label="demo", signed=Signature(HOUSE, now)
        )
        for number in WITH_JWT
    }
    values |= _told(server_url, password) | {_jwt_name(of): text for of, (text, _) in jwts.items()}
    if keep is not None:
        keep(values)

    def furnishing() -> Steps[None]:
        yield from _company(people, numbers, now)
        yield from steps.set_password(*_whose(people[ADMINISTRATOR]), hash, Signature(HOUSE, now))
        for app in apps:
            yield from credentials.write_app(app, now, Signature(HOUSE, now))
        for _, making in jwts.values():
            yield from making()

    await store.transact(furnishing)
    return values


def _told(server_url: str, password: str) -> dict[str, str]:
    return {
        "RC_SERVER_URL": server_url,
        "RC_REDIRECT_URI": f"{server_url}{CALLBACK}",
        "RC_REDIRECT_URL": f"{server_url}{CALLBACK}",
        "RC_USERNAME": MAIN_NUMBER,
        "RC_EXTENSION": ADMINISTRATOR,
        "RC_PASSWORD": password,
        "SMS_RECIPIENT": RECIPIENTS[0],
        "SMS_RECIPIENT2": RECIPIENTS[1],
    }


def _jwt_name(number: str) -> str:
    return "RC_USER_JWT" if number == ADMINISTRATOR else f"RC_USER_JWT_{number}"


def _whose(extension: Extension) -> tuple[AccountId, ExtensionId]:
    return extension.account_id, extension.id


# -- who is there ----------------------------------------------------------------------------


def _people(ids: Iterator[int], now_ms: int) -> dict[str, Extension]:
    """The extensions by their numbers; the first one has the account's id."""
    people = {
        one.number: extension(
            one.number,
            one.name,
            type=one.type,
            status=one.status,
            email=_email(one),
            administrator=one.number == ADMINISTRATOR,
            now_ms=now_ms,
        )
        for one in PEOPLE
    }
    given = {number: next(ids) for number in people}
    account_id = AccountId(given[ADMINISTRATOR])
    return {
        number: msgspec.structs.replace(one, account_id=account_id, id=ExtensionId(given[number]))
        for number, one in people.items()
    }


def _email(person: Person) -> str:
    if person.type is not USER:
        return ""
    return f"{person.name.partition(' ')[0].lower()}@demo.invalid"


def _numbers(people: Mapping[str, Extension], ids: Iterator[int]) -> list[PhoneNumber]:
    owners = [(one.direct, one.number) for one in PEOPLE if one.direct is not None]
    return [
        PhoneNumber(
            id=NumberId(next(ids)),
            msisdn=msisdn,
            usage=Usage.MAIN if msisdn == MAIN_NUMBER else Usage.DIRECT,
            owner=people[number].id,
        )
        for msisdn, number in [(MAIN_NUMBER, ADMINISTRATOR), *owners]
    ]


def _company(
    people: Mapping[str, Extension], numbers: list[PhoneNumber], now_ms: int
) -> Steps[None]:
    account_id, settings = people[ADMINISTRATOR].account_id, AccountSettings()
    signed = Signature(HOUSE, now_ms)
    yield from steps.add_account(account_id, "Demo company", settings, now_ms, signed)
    yield from steps.add_extensions(account_id, list(people.values()), signed)
    for number in numbers:
        yield from number_rows.set_number(account_id, number, [number.owner], signed)
    yield from steps.set_account(account_id, MAIN_NUMBER, settings, signed=signed)
    assignments = [
        (people[department].id, people[one].id, role, True)
        for role, table in ((Role.MEMBER, MEMBERS), (Role.MANAGER, MANAGERS))
        for department, of in table.items()
        for one in of
    ]
    yield from memberships.assign(account_id, assignments, now_ms, signed)


def _apps(server_url: str) -> tuple[list[App], dict[str, str]]:
    """The apps, and what is told of them."""
    new = partial(new_app, redirect_uris=[f"{server_url}{CALLBACK}"])
    client, secret = new("Demo app")
    public, _ = new("Demo app in a browser", public=True)
    limited, limited_secret = new("Demo app that only reads", scopes=LIMITED_SCOPES)
    assert secret is not None
    assert limited_secret is not None
    return [client, public, limited], {
        "RC_APP_CLIENT_ID": client.client_id,
        "RC_APP_CLIENT_SECRET": secret,
        "RC_CLIENT_ID": client.client_id,
        "RC_CLIENT_SECRET": secret,
        "RC_PUBLIC_CLIENT_ID": public.client_id,
        "RC_LIMITED_CLIENT_ID": limited.client_id,
        "RC_LIMITED_CLIENT_SECRET": limited_secret,
    }


async def readdress(store: Store, values: Mapping[str, str], server_url: str, now_ms: int) -> None:
    """Let the apps of `values` redirect to the address at which the server listens now as well."""
    signed = Signature(HOUSE, now_ms)
    for name in CLIENTS:
        if name in values:
            await redirect(store, values[name], [f"{server_url}{CALLBACK}"], now_ms, signed=signed)
