"""Phone numbers: given to extensions and taken away, each in a version of the directory."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, SmallInteger, Text, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from postroom.model.audit import UNSIGNED, Act, Signature
from postroom.model.company import PhoneNumber
from postroom.model.errors import DuplicateValue, InvalidReference
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit, codes
from postroom.store.commands import Steps, one
from postroom.store.directory_version import raise_version
from postroom.store.statements import Statement, among, arg
from postroom.store.tables import account, number

SMALL, TEXT = SmallInteger(), Text()
ONE: ColumnElement[int] = literal_column("1")
ZERO: ColumnElement[int] = literal_column("0")

CLEAR_MAIN_NUMBER = Statement(
    update(account)
    .values(main_number=None)
    .where(account.c.id == arg("account_id"), among(account.c.main_number, "msisdns"))
)
_number = insert(number).values(
    msisdn=arg("msisdn", TEXT),
    account_id=arg("account_id"),
    id=arg("id"),
    owner_id=arg("owner_id"),
    usage=arg("usage", SMALL),
    deleted=ZERO,
    version=arg("version"),
)
SET_NUMBER = Statement(
    _number.on_conflict_do_update(
        index_elements=["msisdn", "account_id"],
        set_={
            name: _number.excluded[name]
            for name in ("id", "owner_id", "usage", "deleted", "version")
        },
    )
)
IN_USE = Statement(
    select(number.c.account_id).where(
        number.c.msisdn == arg("msisdn", TEXT),
        number.c.account_id != arg("account_id"),
        number.c.deleted == ZERO,
    )
)
_released = update(number).values(deleted=ONE, version=arg("version"))
REMOVE_NUMBER = Statement(
    _released.where(
        number.c.account_id == arg("account_id"),
        number.c.msisdn == arg("msisdn", TEXT),
        number.c.deleted == ZERO,
    ).returning(number.c.msisdn)
)
REMOVE_NUMBERS_OF = Statement(
    _released.where(
        number.c.account_id == arg("account_id"),
        number.c.owner_id == arg("owner_id"),
        number.c.deleted == ZERO,
    ).returning(number.c.msisdn)
)


def set_number(
    account_id: AccountId,
    new: PhoneNumber,
    concerned: Iterable[ExtensionId],
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Give a number to an extension.  Raises `DuplicateValue` when another account has it."""
    version, _ = yield from raise_version(account_id, concerned)
    if (yield from one(IN_USE, account_id=account_id, msisdn=new.msisdn)):
        raise DuplicateValue("phoneNumber")
    yield from one(
        SET_NUMBER,
        msisdn=new.msisdn,
        account_id=account_id,
        id=new.id,
        owner_id=new.owner,
        usage=codes.USAGE[new.usage],
        version=version,
    )
    told = {"number": new.msisdn, "usage": new.usage}
    yield from audit.enter(account_id, Act.NUMBER_SET, signed, new.owner, told)


def remove_number(
    account_id: AccountId, old: PhoneNumber, signed: Signature = UNSIGNED
) -> Steps[None]:
    """Take a number away; it is no longer the main number either."""
    version, _ = yield from raise_version(account_id, [old.owner])
    found = yield from one(REMOVE_NUMBER, account_id=account_id, msisdn=old.msisdn, version=version)
    require(found, "phoneNumber")
    yield from one(CLEAR_MAIN_NUMBER, account_id=account_id, msisdns=[old.msisdn])
    told = {"number": old.msisdn}
    yield from audit.enter(account_id, Act.NUMBER_REMOVE, signed, old.owner, told)


def release_all(account_id: AccountId, owner: ExtensionId, version: int) -> Steps[list[str]]:
    """Take every number of an extension that goes; which they were."""
    released = yield from one(
        REMOVE_NUMBERS_OF, account_id=account_id, owner_id=owner, version=version
    )
    msisdns = [str(msisdn) for (msisdn,) in released]
    yield from one(CLEAR_MAIN_NUMBER, account_id=account_id, msisdns=msisdns)
    return msisdns


def require(found: Sequence[object], parameter: str) -> None:
    """Raises `InvalidReference` when nothing was found."""
    if not found:
        raise InvalidReference(parameter)
