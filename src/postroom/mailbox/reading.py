"""Reading a mailbox: one message, several, their content, and pages of it.

What is read comes with the account's versions; when the company at hand is older, `Outdated` is
raised, and the caller begins again with a fresh one.  A conversation that the owner of the mailbox
takes no part in any longer is closed: by id it is refused, in lists it is not there.
"""

from collections.abc import Collection, Sequence

from postroom.model.company import Company
from postroom.model.errors import NotFound, Outdated, PostroomError
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.message import Availability, Message, MessageType
from postroom.model.refusals import NotParticipant
from postroom.store.database import Store
from postroom.store.messages import GET, Found, found

ALIVE = frozenset({Availability.ALIVE})


def confirm(company: Company, versions: tuple[int, int] | None) -> None:
    """Raises `Outdated` when a read shows that the company has changed since it was loaded."""
    if versions != (company.version, company.session_version):
        raise Outdated


async def several(
    store: Store,
    company: Company,
    owner: ExtensionId,
    ids: Sequence[MessageId],
    *,
    availabilities: frozenset[Availability] = ALIVE,
    types: Collection[MessageType] = (),
) -> list[Message | PostroomError]:
    """Messages by their ids, in the order asked; for each that cannot be had, its refusal.

    `types` binds them to those types; none takes any.
    """
    rows = await store.look(
        GET,
        account_id=company.account_id,
        extension_id=owner,
        ids=sorted(set(ids)),
        circles=sorted(company.circles(owner)),
    )
    versions, messages = found(rows)
    confirm(company, versions)
    return [_shown(messages.get(id), availabilities, types) for id in ids]


def _shown(
    found: Found | None,
    availabilities: frozenset[Availability],
    types: Collection[MessageType],
) -> Message | PostroomError:
    if found is None or found.message.availability not in availabilities:
        return NotFound("messageId")
    if types and found.message.type not in types:
        return NotFound("messageId")
    return found.message if found.is_open else NotParticipant()


async def one(
    store: Store,
    company: Company,
    owner: ExtensionId,
    id: MessageId,
    *,
    availabilities: frozenset[Availability] = ALIVE,
    types: Collection[MessageType] = (),
) -> Message:
    """One message.

    Raises `NotFound("messageId")`, or `NotParticipant` when its conversation is closed.
    """
    [message] = await several(
        store, company, owner, [id], availabilities=availabilities, types=types
    )
    if isinstance(message, PostroomError):
        raise message
    return message
