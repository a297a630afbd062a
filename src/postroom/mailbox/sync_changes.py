"""From the rows of a mailbox's log to what a client is told."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, TypeVar

from postroom.model.company import Company
from postroom.model.ids import ExtensionId, MessageId
from postroom.model.message import Availability, Message
from postroom.model.sync import Frame, SyncToken
from postroom.store import changes, codes
from postroom.store.changes import LATEST, MOST, OF_MEMBERSHIP, Change
from postroom.store.codes import ChangeKind
from postroom.store.commands import Steps, one

E = TypeVar("E", bound=Enum)
ALIVE, PURGED = Availability.ALIVE, Availability.PURGED


class Told(NamedTuple):
    """What to put into a copy and what to take out of it; `left` are messages of the latter."""

    messages: dict[MessageId, Message]
    gone: dict[MessageId, Availability]
    left: tuple[Message, ...] = ()

    def joined(self, other: "Told") -> "Told":
        """Both; no message is in both in different states, for they are of one moment."""
        return Told(self.messages | other.messages, self.gone | other.gone, self.left + other.left)


def of_messages(found: Sequence[Change], frame: Frame) -> Told:
    """Each message once, at its last change; earlier and later rows of it say nothing."""
    told = Told({}, {})
    left: list[Message] = []
    for row in found:
        message = row.message
        if message is None:
            if row.kind is ChangeKind.FORGOTTEN and not frame.nobody:
                told.gone[MessageId(row.subject_id)] = PURGED
        elif message.change_number == row.number and frame.holds(message):
            if row.is_open and message.availability is ALIVE:
                told.messages[message.id] = message
            else:
                told.gone[message.id] = message.availability if row.is_open else PURGED
                left.append(message)
    return told._replace(left=tuple(left))


def turning(found: Sequence[Change]) -> bool:
    """Whether conversations may have been opened to the owner, or closed."""
    return any(row.kind in OF_MEMBERSHIP or row.reaches or _is_lost(row) for row in found)


def _is_lost(row: Change) -> bool:
    """A message that came and was forgotten: it may have widened the owner's reach."""
    return row.kind is ChangeKind.CREATED and row.message is None


def turned(
    company: Company, owner: ExtensionId, token: SyncToken, found: Sequence[Change]
) -> Steps[tuple[Told, int]]:
    """The messages of the conversations concerned; the last id if they are too many for one go.

    Those of open conversations in full, for the client may have none of them; of closed ones to be
    taken out.
    """
    touched = {row.subject_id for row in found if row.kind in OF_MEMBERSHIP}
    circles, former = company.circles(owner), company.formerly_of.get(owner, frozenset())
    frame = token.frame
    rows = yield from one(
        changes.TURNED,
        account_id=company.account_id,
        extension_id=owner,
        circles=sorted(circles),
        touched=sorted(touched),
        steady=sorted(circles - touched),
        reached=sorted(row.subject_id for row in found if row.reaches or _is_lost(row)),
        lost=sorted(former | touched),
        behind=token.place.inside,
        types=_codes(codes.TYPE, frame.types),
        directions=_codes(codes.DIRECTION, frame.directions),
        date_from=frame.date_from_ms,
        date_to=LATEST if frame.date_to_ms is None else frame.date_to_ms,
        any_conversation=int(not frame.conversations),
        conversations=list(frame.conversations),
    )
    pieces = list(changes.turned(rows).items())
    told = Told({}, {})
    for id, one_found in pieces[:MOST]:
        if one_found.is_open:
            told.messages[id] = one_found.message
        else:
            told.gone[id] = PURGED
    left = tuple(piece.message for _, piece in pieces[:MOST] if not piece.is_open)
    inside = pieces[MOST - 1][0] if len(pieces) > MOST else 0
    return told._replace(left=left), inside


def _codes(table: codes.Codes[E], members: tuple[E, ...]) -> list[int]:
    """The codes of some members, or of all when none is named."""
    return [table[member] for member in members or table.members]
