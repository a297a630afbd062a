"""Objects that a purge let go: rows of the same transaction, worked off after its commit."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Text, and_, delete, func, select

from postroom.model.ids import AccountId
from postroom.store.commands import Steps, many
from postroom.store.statements import Bulk, Statement, among, arg
from postroom.store.tables import account, erasure, message

DUE = Statement(
    select(erasure.c.key)
    .where(erasure.c.account_id == arg("account_id"), erasure.c.key > arg("behind", Text()))
    .order_by(erasure.c.key)
    .limit(arg("limit"))
)
COUNT = Statement(
    select(func.count()).select_from(erasure).where(erasure.c.account_id == arg("account_id"))
)
DONE = Bulk(
    {"account_id": BigInteger(), "key": Text()},
    lambda v, _: delete(erasure).where(
        erasure.c.account_id == v.account_id, erasure.c.key == v.key
    ),
)
NAMED = Statement(
    select(message.c.attachments)
    .select_from(
        account.outerjoin(
            message,
            and_(
                message.c.account_id == account.c.id,
                message.c.extension_id == arg("extension_id"),
                among(message.c.id, "ids"),
            ),
        )
    )
    .where(account.c.id == arg("account_id"))
)
"""What the messages say that objects are about; of an account that is not here there is no row."""


def done(account_id: AccountId, keys: Sequence[str]) -> Steps[None]:
    """Forget objects that are erased."""
    yield from many(DONE, [(account_id, key) for key in keys])
