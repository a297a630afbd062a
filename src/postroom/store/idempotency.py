"""Reading idempotency keys; they are written in the batch, with what they promise."""

from sqlalchemy import LargeBinary, delete, literal_column, select

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
FORGET = Statement(
    delete(idempotency).where(idempotency.c.created_ms < arg("now") - literal_column(LIFE_MS))
)
