"""What extensions want to be told: read with the defaults, and changed member by member."""

from collections.abc import Sequence

import msgspec

from postroom.model.company import Company
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.model.notification import Notifications, check_complete, clean, complete, over
from postroom.store import notifications
from postroom.store.database import Store

_DECODER = msgspec.json.Decoder(Notifications)


async def read(
    store: Store, company: Company, extensions: Sequence[ExtensionId]
) -> list[Notifications]:
    """The settings in effect of some extensions, in their order."""
    rows = await store.look(
        notifications.FIND, account_id=company.account_id, extensions=list(extensions)
    )
    chosen: dict[int, str] = {row[0]: row[1] for row in rows}
    return [_effective(company.extensions[id], chosen.get(id)) for id in extensions]


async def change(
    store: Store, company: Company, extension: Extension, wanted: Notifications
) -> Notifications:
    """Change settings; those in effect from now on.

    A department's managers are told again unless the change leaves them out.  Raises
    `InvalidParameter`, `DuplicateValue`, `FeatureUnavailable`.
    """
    new = clean(wanted, company.settings.home_country)
    if new.include_managers is msgspec.UNSET:
        new = msgspec.structs.replace(new, include_managers=True)

    def changed(kept: str | None) -> str:
        chosen = over(new, _DECODER.decode(kept or "{}"))
        check_complete(_complete(extension, chosen))
        return msgspec.json.encode(chosen).decode()

    kept = await store.transact(
        lambda: notifications.change(company.account_id, extension.id, changed), company.account_id
    )
    return _effective(extension, kept)


def _effective(extension: Extension, kept: str | None) -> Notifications:
    return _complete(extension, _DECODER.decode(kept or "{}"))


def _complete(extension: Extension, chosen: Notifications) -> Notifications:
    return complete(chosen, extension.email, is_department=extension.is_department)
