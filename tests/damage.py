"""Rows that a fault has spoiled, on both engines."""

from typing import Any

from sqlalchemy import update

from postroom.store.commands import Steps, one
from postroom.store.database import Store
from postroom.store.statements import Statement, arg
from postroom.store.tables import message


async def spoil(store: Store, id: int, **columns: Any) -> None:
    """Put what cannot be into columns of a message's row."""
    values = {name: arg(name, message.c[name].type) for name in columns}
    statement = Statement(update(message).values(**values).where(message.c.id == arg("this")))

    def steps() -> Steps[None]:
        yield from one(statement, this=id, **columns)

    await store.transact(steps)
