"""The demo company: always the same people and numbers, secrets of its own in every directory.

Tests and documentation rely on it; see README.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from postroom.directory import provisioning
from postroom.directory.app_registry import add_app, redirect
from postroom.directory.companies import Companies
from postroom.directory.credentials import add_jwt
from postroom.directory.passwords import hash_password
from postroom.directory.provisioning import Assignment, extension
from postroom.model.company import AccountSettings, Company, Usage
from postroom.model.extension import Extension, ExtensionStatus, ExtensionType
from postroom.model.ids import AccountId
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
    store: Store, ids: Iterator[int], clock: Callable[[], int], server_url: str
) -> dict[str, str]:
    """Furnish an empty store; the values of `demo.env`, with every secret, shown only here."""
    company = await _company(store, ids, clock())
    by_number = company.by_number
    password = secrets.token_urlsafe(12)
    hash = hash_password(password)
    await provisioning.set_password(store, by_number[ADMINISTRATOR], hash)
    values = await _apps(store, clock(), server_url)
    values |= {
        "RC_SERVER_URL": server_url,
        "RC_REDIRECT_URI": f"{server_url}{CALLBACK}",
        "RC_REDIRECT_URL": f"{server_url}{CALLBACK}",
        "RC_USERNAME": MAIN_NUMBER,
        "RC_EXTENSION": ADMINISTRATOR,
        "RC_PASSWORD": password,
    }
    for number in WITH_JWT:
        name = "RC_USER_JWT" if number == ADMINISTRATOR else f"RC_USER_JWT_{number}"
        values[name] = await add_jwt(store, by_number[number], server_url, clock, label="demo")
    values["SMS_RECIPIENT"], values["SMS_RECIPIENT2"] = RECIPIENTS
    return values


async def _company(store: Store, ids: Iterator[int], now_ms: int) -> Company:
    companies = Companies(store)
    settings = AccountSettings()
    account_id = await provisioning.add_account(store, ids, "Demo company", settings, now_ms)
    company = await companies.current(account_id)
    new = [
        extension(
            one.number,
            one.name,
            type=one.type,
            status=one.status,
            email=_email(one),
            administrator=one.number == ADMINISTRATOR,
            now_ms=now_ms,
        )
        for one in PEOPLE
    ]
    await provisioning.add_extensions(store, company, ids, new)
    await _numbers(store, companies, ids, account_id)
    await _departments(store, await companies.current(account_id), now_ms)
    company = await companies.current(account_id)
    await provisioning.set_account(
        store, company, main_number=MAIN_NUMBER, settings=company.settings
    )
    return await companies.current(account_id)


def _email(person: Person) -> str:
    if person.type is not USER:
        return ""
    return f"{person.name.partition(' ')[0].lower()}@demo.invalid"


async def _numbers(
    store: Store, companies: Companies, ids: Iterator[int], account_id: AccountId
) -> None:
    company = await companies.current(account_id)
    by_number = company.by_number
    main = by_number[ADMINISTRATOR].id
    await provisioning.add_number(store, company, ids, MAIN_NUMBER, main, Usage.MAIN)
    for one in PEOPLE:
        if one.direct is not None:
            owner = by_number[one.number].id
            await provisioning.add_number(store, company, ids, one.direct, owner)


async def _departments(store: Store, company: Company, now_ms: int) -> None:
    def ids_of(numbers: tuple[str, ...]) -> tuple[Extension, ...]:
        return tuple(company.by_number[number] for number in numbers)

    for number, members in MEMBERS.items():
        added = tuple(one.id for one in ids_of(members))
        assignment = Assignment(department=company.by_number[number].id, added=added)
        await provisioning.assign_members(store, company, [assignment], now_ms)
    for number, managers in MANAGERS.items():
        chosen = [one.id for one in ids_of(managers)]
        department = company.by_number[number].id
        await provisioning.set_managers(store, company, department, chosen, now_ms)


async def _apps(store: Store, now_ms: int, server_url: str) -> dict[str, str]:
    add = partial(add_app, store, now_ms=now_ms, redirect_uris=[f"{server_url}{CALLBACK}"])
    client, secret = await add("Demo app")
    public, _ = await add("Demo app in a browser", public=True)
    limited, limited_secret = await add("Demo app that only reads", scopes=LIMITED_SCOPES)
    assert secret is not None
    assert limited_secret is not None
    return {
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
    for name in CLIENTS:
        if name in values:
            await redirect(store, values[name], [f"{server_url}{CALLBACK}"], now_ms)
