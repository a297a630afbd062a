"""Making an account together with what it cannot do without: somebody who may administer it."""

import secrets
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from postroom.directory.credentials import KEY, new_jwt
from postroom.directory.keys import key
from postroom.directory.passwords import hash_password
from postroom.directory.provisioning import check_extension_number
from postroom.model.address import parse_msisdn
from postroom.model.audit import UNSIGNED, Signature
from postroom.model.company import AccountSettings, PhoneNumber, Usage
from postroom.model.errors import DuplicateValue, InvalidParameter, PostroomError
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId, NumberId
from postroom.model.oauth import App
from postroom.store import credentials, number_rows
from postroom.store import provisioning as steps
from postroom.store.commands import Steps, one
from postroom.store.database import Store, Taken
from postroom.store.extensions import ACCOUNTS

PASSWORD_OCTETS = 12


async def found_account(
    store: Store,
    ids: Iterator[int],
    name: str,
    administrator: Extension,
    number: str | None = None,
    settings: AccountSettings | None = None,
    beside: Callable[[Extension], Steps[None]] | None = None,
    signed: Signature = UNSIGNED,
) -> Extension:
    """Make an account with its system extension and main number, all or nothing.

    The system extension as it is now; the account's id is its id.  `beside` is what else is done
    in the same transaction.  Raises `InvalidParameter` and `DuplicateValue`.
    """
    chosen = settings or AccountSettings()
    check_extension_number(administrator.number)
    msisdn = parse_msisdn(number, chosen.home_country) if number is not None else None
    if number is not None and msisdn is None:
        raise InvalidParameter("phoneNumber")
    id = AccountId(next(ids))
    system = msgspec.structs.replace(
        administrator, account_id=id, id=ExtensionId(id), administrator=True
    )
    main = _main_number(msisdn, NumberId(next(ids)), system.id)

    def founding() -> Steps[None]:
        yield from steps.add_account(id, name, chosen, administrator.created_ms, signed)
        yield from steps.add_extensions(id, [system], signed)
        if main is not None:
            yield from number_rows.set_number(id, main, [system.id], signed)
            yield from steps.set_account(id, main.msisdn, chosen, signed=signed)
        if beside is not None:
            yield from beside(system)

    try:
        await store.transact(founding)
    except Taken as error:
        raise DuplicateValue("phoneNumber") from error
    return system


class NotEmpty(PostroomError):
    """There is an account already, so that another one is not the first."""

    sentence = "there is a company already; postroom account add makes another one"


class First(NamedTuple):
    """The first account's administrator and app, with the secrets that are shown only once."""

    system: Extension
    app: App
    app_secret: str | None
    password: str
    jwt: str


async def found_first(
    store: Store,
    ids: Iterator[int],
    name: str,
    administrator: Extension,
    number: str | None,
    app: tuple[App, str | None],
    issuer: str,
    *,
    signed: Signature = UNSIGNED,
) -> First:
    """Make the first account of a store, with an app and ways to log in.  Raises `NotEmpty`."""
    signing, now = await key(store, KEY), administrator.created_ms
    password = secrets.token_urlsafe(PASSWORD_OCTETS)
    hash = hash_password(password)
    shown: list[str] = []

    def beside(system: Extension) -> Steps[None]:
        if len((yield from one(ACCOUNTS))) > 1:
            raise NotEmpty
        text, making = new_jwt(signing, system, issuer, now, label="init", signed=signed)
        shown[:] = [text]
        yield from making()
        yield from steps.set_password(system.account_id, system.id, hash, signed)
        yield from credentials.write_app(app[0], now, signed)

    system = await found_account(
        store, ids, name, administrator, number, beside=beside, signed=signed
    )
    return First(system, *app, password, shown[0])


def _main_number(msisdn: str | None, id: NumberId, owner: ExtensionId) -> PhoneNumber | None:
    if msisdn is None:
        return None
    return PhoneNumber(id=id, msisdn=msisdn, usage=Usage.MAIN, owner=owner)
