"""Answers to SMS of departments that were refused, per number and day."""

from typing import Any

from sqlalchemy import literal_column, select

from postroom.model.ids import AccountId
from postroom.store.commands import Steps, many
from postroom.store.statements import Bulk, Source, Statement, arg
from postroom.store.tables import account, conversation, refused_answer

HAS_TALKED = Statement(
    select(conversation.c.id).where(
        conversation.c.account_id == arg("account_id"),
        conversation.c.extension_id == arg("extension_id"),
        conversation.c.id == arg("conversation_id"),
    )
)


def _count(v: Source, insert: Any) -> Any:
    names = [column.name for column in refused_answer.columns]
    statement = insert(refused_answer)
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, v.all(), strict=True)))
    else:
        statement = statement.from_select(names, select(*v.all()))
    return statement.on_conflict_do_update(
        index_elements=["account_id", "number", "day"],
        set_={"times": refused_answer.c.times + literal_column("1")},
    ).returning(refused_answer.c.times)


COUNT = Bulk({column.name: column.type for column in refused_answer.columns}, _count)
SINCE = Statement(
    select(
        refused_answer.c.account_id,
        refused_answer.c.number,
        refused_answer.c.day,
        refused_answer.c.times,
        account.c.settings,
    )
    .select_from(refused_answer)
    .join(account, account.c.id == refused_answer.c.account_id)
    .where(refused_answer.c.day >= arg("day"))
    .order_by(refused_answer.c.account_id, refused_answer.c.number, refused_answer.c.day)
)


def count(account_id: AccountId, number: str, day: int) -> Steps[int]:
    """Count one more; how many it is that day."""
    rows = yield from many(COUNT, [(account_id, number, day, 1)])
    return int(rows[0][0])
