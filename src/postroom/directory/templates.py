"""Templates of messages: who has which; `extension` is `None` for those of the company."""

from postroom.model.errors import NotFound
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.template import Template, check
from postroom.store import templates
from postroom.store.commands import one
from postroom.store.database import Store

PARAMETER = "templateId"


async def listed(
    store: Store, account_id: AccountId, extension: ExtensionId | None
) -> list[Template]:
    """The templates of one owner, oldest first."""
    return templates.templates_of(
        await store.fetch(templates.LIST, account_id=account_id, extension=extension)
    )


async def found(
    store: Store, account_id: AccountId, extension: ExtensionId | None, id: int
) -> Template:
    """A template of this owner.  Raises `NotFound`."""
    rows = await store.look(templates.FIND, account_id=account_id, extension=extension, id=id)
    if not rows:
        raise NotFound(PARAMETER)
    return templates.templates_of(rows)[0]


async def create(store: Store, new: Template) -> None:
    """Keep a new template.  Raises `InvalidParameter`, `TooManyTemplates`."""
    check(new.name, new.text)
    await store.transact(lambda: templates.create(new), new.account_id)


async def change(store: Store, new: Template) -> None:
    """Replace name and text of a template.  Raises `InvalidParameter`, `NotFound`."""
    check(new.name, new.text)
    if not await store.transact(lambda: templates.change(new), new.account_id):
        raise NotFound(PARAMETER)


async def remove(
    store: Store, account_id: AccountId, extension: ExtensionId | None, id: int
) -> None:
    """Remove a template.  Raises `NotFound`."""
    where = {"account_id": account_id, "extension": extension, "id": id}
    if not await store.transact(lambda: one(templates.REMOVE, **where), account_id):
        raise NotFound(PARAMETER)
