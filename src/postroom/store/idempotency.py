"""Reading idempotency keys; they are written in the batch, with what they promise."""

from sqlalchemy import LargeBinary, delete, literal_column, select, tuple_

from postroom.store.commands import Steps, one
from postroom.store.statements import Statement, arg
from postroom.store.tables import idempotency

LIFE_MS = "86400000"

KEPT = Statement(
    select(idempotency.c.body, idempotency.c.answer).where(
        idempotency.c.account_id == arg("account_id"),
        idempotency.c.digest == arg("digest", LargeBinary()),
        idempotency.c.created_ms >= arg("now") - literal_column(LIFE_MS),
    )
)
_OLD = (
    select(idempotency.c.account_id, idempotency.c.digest)
    .where(idempotency.c.created_ms < arg("before"))
    .limit(arg("limit"))
)
FORGET = Statement(
    delete(idempotency)
    .where(tuple_(idempotency.c.account_id, idempotency.c.digest).in_(_OLD))
    .returning(idempotency.c.message_id)
)


def forget(before_ms: int, limit: int) -> Steps[int]:
    """Forget keys from before a moment, at most `limit`; how many they were."""
    return len((yield from one(FORGET, before=before_ms, limit=limit)))
