"""The statements that keep the conversations of a mailbox in step with its messages."""

from typing import Any

from sqlalchemy import BigInteger, and_, case, literal_column, or_, select, update

from postroom.store.statements import Bulk, Source
from postroom.store.tables import conversation

BIG = BigInteger()

SHIFT_TALKS = Bulk(
    {"account_id": BIG, "extension_id": BIG, "id": BIG, "alive": BIG, "unread": BIG},
    lambda v, _: (
        update(conversation)
        .values(alive=conversation.c.alive + v.alive, unread=conversation.c.unread + v.unread)
        .where(
            conversation.c.account_id == v.account_id,
            conversation.c.extension_id == v.extension_id,
            conversation.c.id == v.id,
        )
    ),
)

TALK = [column for column in conversation.columns if column.name != "reached_id"]


def _raise_talks(v: Source, insert: Any) -> Any:
    """Insert a conversation, or add to it; through two departments it has no single one.

    Where the owner comes to take part in another way than before, `reached_id` names the message
    that did it: what is older may have been closed to him until then.
    """
    names = [column.name for column in TALK]
    statement = insert(conversation)
    if insert.__module__.endswith("sqlite.dml"):
        statement = statement.values(dict(zip(names, v.all(), strict=True)))
    else:
        statement = statement.from_select(names, select(*v.all()))
    new, old = statement.excluded, conversation.c
    same = case((old.department_id == new.department_id, old.department_id), else_=None)
    as_before = or_(
        old.explicit == literal_column("1"),
        and_(old.explicit == new.explicit, old.department_id == new.department_id),
    )
    return statement.on_conflict_do_update(
        index_elements=["account_id", "extension_id", "id"],
        set_={
            "explicit": case((old.explicit > new.explicit, old.explicit), else_=new.explicit),
            "department_id": same,
            "alive": old.alive + new.alive,
            "unread": old.unread + new.unread,
            "newest_ms": new.newest_ms,
            "newest_id": new.newest_id,
            "reached_id": case((as_before, old.reached_id), else_=new.newest_id),
        },
    )


RAISE_TALKS = Bulk({c.name: c.type for c in TALK}, _raise_talks)
