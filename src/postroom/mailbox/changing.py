"""Changing what lies in a mailbox: read status, deletion, restoring."""

from collections.abc import Collection, Sequence

from postroom.mailbox.reading import several
from postroom.model.company import Company
from postroom.model.errors import InvalidParameter, NotFound, PostroomError
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.listing import Listing
from postroom.model.marking import Marked, Marking
from postroom.model.message import Availability, Message, MessageType, ReadStatus
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
    marking = Marking(
        account_id=company.account_id,
        extension_id=owner,
        version=company.version,
        session_version=company.session_version,
        ids=good,
        now_ms=now_ms,
        read_status=read_status,
        step=step,
    )
    marked = await store.mark(marking)
    lost = {one.id for one in marked if not one.found}
    return [
        NotFound("messageId") if refusal is None and id in lost else refusal
        for id, refusal in zip(ids, refusals, strict=True)
    ], marked


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
) -> list[Marked]:
    """Delete everything that matches, in bounded batches; closed conversations are passed over."""
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
        marking = Marking(
            account_id=company.account_id,
            extension_id=owner,
            version=company.version,
            session_version=company.session_version,
            ids=tuple(MessageId(row[0]) for row in rows),
            now_ms=now_ms,
            step=step,
        )
        done += await store.mark(marking)
    return done
