"""Small values that the whole house shares: made once, the same on every node."""

from sqlalchemy import LargeBinary, Text, select
from sqlalchemy.dialects.postgresql import insert

from postroom.store.commands import Steps, one
from postroom.store.statements import Statement, arg
from postroom.store.tables import setting

READ_SETTING = Statement(select(setting.c.value).where(setting.c.name == arg("name", Text())))

ADD_SETTING = Statement(
    insert(setting)
    .values(name=arg("name", Text()), value=arg("value", LargeBinary()))
    .on_conflict_do_nothing()
)


def keep_first(name: str, value: bytes) -> Steps[bytes]:
    """Keep `value` unless there is one already; the value that is kept."""
    yield from one(ADD_SETTING, name=name, value=value)
    [(kept,)] = yield from one(READ_SETTING, name=name)
    return bytes(kept)
