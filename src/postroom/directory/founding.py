"""Making an account together with what it cannot do without: somebody who may administer it."""

from collections.abc import Iterator

import msgspec

from postroom.directory.provisioning import check_extension_number
from postroom.model.address import parse_msisdn
from postroom.model.company import AccountSettings, PhoneNumber, Usage
from postroom.model.errors import DuplicateValue, InvalidParameter
from postroom.model.extension import Extension
from postroom.model.ids import AccountId, ExtensionId, NumberId
from postroom.store import provisioning as steps
from postroom.store.commands import Steps
from postroom.store.database import Store, Taken


async def found_account(
    store: Store,
    ids: Iterator[int],
    name: str,
    administrator: Extension,
    number: str | None = None,
    settings: AccountSettings | None = None,
) -> Extension:
    """Make an account with its system extension and main number, all or nothing.

    The system extension as it is now; the account's id is its id.  Raises `InvalidParameter` and
    `DuplicateValue`.
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
        yield from steps.add_account(id, name, chosen, administrator.created_ms)
        yield from steps.add_extensions(id, [system])
        if main is not None:
            yield from steps.set_number(id, main, [system.id])
            yield from steps.set_account(id, main.msisdn, chosen)

    try:
        await store.transact(founding)
    except Taken as error:
        raise DuplicateValue("phoneNumber") from error
    return system


def _main_number(msisdn: str | None, id: NumberId, owner: ExtensionId) -> PhoneNumber | None:
    if msisdn is None:
        return None
    return PhoneNumber(id=id, msisdn=msisdn, usage=Usage.MAIN, owner=owner)
