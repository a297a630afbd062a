"""Templates of messages; the account's row is locked while they are counted."""

from sqlalchemy import Text, delete, func, or_, select, update

from postroom.model.refusals import TooManyTemplates
from postroom.model.template import Template
from postroom.store.commands import Rows, Steps, many, one
from postroom.store.directory_version import LOCK_ACCOUNT
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import message_template

_t, _text = message_template.c, Text()
_NAMES = ("account_id", "id", "extension_id", "name", "text")
_owned = or_(
    _t.extension_id == arg("extension"),
    _t.extension_id.is_(None) & arg("extension").is_(None),
)
_this = (_t.account_id == arg("account_id"), _t.id == arg("id"), _owned)

ADD = insertion(message_template, _NAMES)
FIND = Statement(select(*(_t[name] for name in _NAMES)).where(*_this))
LIST = Statement(
    select(*(_t[name] for name in _NAMES))
    .where(_t.account_id == arg("account_id"), _owned)
    .order_by(_t.id)
)
COUNT = Statement(select(func.count()).where(_t.account_id == arg("account_id"), _owned))
CHANGE = Statement(
    update(message_template)
    .values(name=arg("name", _text), text=arg("text", _text))
    .where(*_this)
    .returning(_t.id)
)
REMOVE = Statement(delete(message_template).where(*_this).returning(_t.id))


def templates_of(rows: Rows) -> list[Template]:
    """The templates of `FIND` and `LIST`."""
    fields = Template.__struct_fields__
    return [Template(**dict(zip(fields, row, strict=True))) for row in rows]


def create(new: Template) -> Steps[None]:
    """Keep a new template.  Raises `TooManyTemplates`."""
    yield from one(LOCK_ACCOUNT, account_id=new.account_id)
    of = {"account_id": new.account_id, "extension": new.extension}
    [(count,)] = yield from one(COUNT, **of)
    if count >= new.limit:
        raise TooManyTemplates(new.limit)
    yield from many(ADD, [(new.account_id, new.id, new.extension, new.name, new.text)])


def change(new: Template) -> Steps[bool]:
    """Give a template another name and text; whether there is one."""
    found = yield from one(
        CHANGE,
        account_id=new.account_id,
        id=new.id,
        extension=new.extension,
        name=new.name,
        text=new.text,
    )
    return bool(found)
