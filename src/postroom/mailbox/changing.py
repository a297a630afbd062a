"""Changing what lies in a mailbox: read status, deletion, restoring."""

from collections.abc import Collection, Sequence

from postroom.mailbox.reading import several
from postroom.model.audit import HOUSE, Actor
from postroom.model.company import Company
from postroom.model.errors import InvalidParameter, NotFound, PostroomError
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.listing import Listing
from postroom.model.marking import Marked, Marking
from postroom.model.message import Availability, Message, MessageType, ReadStatus
from postroom.model.refusals import UnderLegalHold
from postroom.store import codes
from postroom.store.database import Store
from postroom.store.pages import ids_statement
from postroom.store.shapes import Shape

LASTING = frozenset({Availability.ALIVE, Availability.DELETED})
ANY = frozenset(Availability)
CHUNK = 500


async def mark(
    store: Store,
    company: Company,
    owner: ExtensionId,
    ids: Sequence[MessageId],
    now_ms: int,
    *,
    read_status: ReadStatus | None = None,
    step: Step | None = None,
    types: Collection[MessageType] = (),
    by: Actor = HOUSE,
) -> tuple[list[PostroomError | None], list[Marked]]:
    """Change messages by their ids: a refusal, or none, for each in the order asked.

    The second value is what was changed, with the objects that the messages let go.
    """
    looked = await several(store, company, owner, ids, availabilities=ANY, types=types)
    refusals = [_refusal(message, step) for message in looked]
    good = tuple(
        dict.fromkeys(id for id, refusal in zip(ids, refusals, strict=True) if refusal is None)
    )
    if not good:
        return refusals, []
    marking = _marking(company, owner, good, now_ms, by, read_status=read_status, step=step)
    marked = await store.mark(marking)
    late = {one.id: refusal for one in marked if (refusal := _late(one)) is not None}
    return [refusal or late.get(id) for id, refusal in zip(ids, refusals, strict=True)], marked


def _late(marked: Marked) -> PostroomError | None:
    """What was found out against a change only under the mailbox's lock."""
    if marked.held:
        return UnderLegalHold()
    return None if marked.found else NotFound("messageId")


def _marking(
    company: Company,
    owner: ExtensionId,
    ids: tuple[MessageId, ...],
    now_ms: int,
    by: Actor,
    *,
    read_status: ReadStatus | None = None,
    step: Step | None = None,
) -> Marking:
    """The change of messages of one mailbox, as far as the company is still what it is."""
    return Marking(
        account_id=company.account_id,
        extension_id=owner,
        version=company.version,
        session_version=company.session_version,
        ids=ids,
        now_ms=now_ms,
        read_status=read_status,
        step=step,
        by=by,
    )


def _refusal(message: Message | PostroomError, step: Step | None) -> PostroomError | None:
    """Why a message cannot be changed so; a purged one is only found to be refused a restore."""
    if isinstance(message, PostroomError):
        return message
    if message.availability in LASTING:
        return None
    if step is Step.RESTORE:
        return InvalidParameter("availability", "a purged message cannot be restored")
    return NotFound("messageId")


async def delete_all(
    store: Store,
    company: Company,
    owner: ExtensionId,
    wanted: Listing,
    closed: Sequence[int],
    now_ms: int,
    *,
    step: Step,
    by: Actor = HOUSE,
) -> list[Marked]:
    """Delete everything that matches, in bounded batches; closed conversations are passed over.

    Raises `UnderLegalHold` where everything should be purged and a hold stands against it.
    """
    shape = Shape(
        alive_only=wanted.availabilities == (Availability.ALIVE,),
        types=bool(wanted.types),
        conversations=bool(wanted.conversations),
        date_to=wanted.date_to_ms is not None,
        closed=bool(closed),
    )
    arguments = {
        "account_id": company.account_id,
        "extension_id": owner,
        "availabilities": [codes.AVAILABILITY[one] for one in wanted.availabilities],
        "types": [codes.TYPE[one] for one in wanted.types],
        "conversations": list(wanted.conversations),
        "date_to": wanted.date_to_ms,
        "closed": list(closed),
    }
    done: list[Marked] = []
    behind = 0
    while rows := await store.fetch(ids_statement(shape), **arguments, behind=behind, limit=CHUNK):
        behind = rows[-1][0]
        ids = tuple(MessageId(row[0]) for row in rows)
        marked = await store.mark(_marking(company, owner, ids, now_ms, by, step=step))
        if step is Step.ERASE and any(one.held for one in marked):
            raise UnderLegalHold
        done += marked
    return done
