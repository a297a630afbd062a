"""Notification settings of extensions, as JSON; a change is made under the account's lock."""

from collections.abc import Callable

from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import insert

from postroom.model.ids import AccountId, ExtensionId
from postroom.store.commands import Steps, one
from postroom.store.directory_version import LOCK_ACCOUNT
from postroom.store.statements import Statement, among, arg
from postroom.store.tables import notification

_n = notification.c
FIND = Statement(
    select(_n.extension_id, _n.settings).where(
        _n.account_id == arg("account_id"), among(_n.extension_id, "extensions")
    )
)
_add = insert(notification).values(
    account_id=arg("account_id"), extension_id=arg("extension"), settings=arg("settings", Text())
)
WRITE = Statement(
    _add.on_conflict_do_update(
        index_elements=[_n.account_id, _n.extension_id],
        set_={"settings": _add.excluded.settings},
    )
)


def change(
    account_id: AccountId, extension: ExtensionId, changed: Callable[[str | None], str]
) -> Steps[str]:
    """Write what `changed` makes of the settings that are kept; what it raises undoes it."""
    yield from one(LOCK_ACCOUNT, account_id=account_id)
    rows = yield from one(FIND, account_id=account_id, extensions=[extension])
    settings = changed(rows[0][1] if rows else None)
    yield from one(WRITE, account_id=account_id, extension=extension, settings=settings)
    return settings
