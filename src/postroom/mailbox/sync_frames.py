"""The newest messages of a frame, cut so that a client can go on from its last record.

Clients continue with `dateTo` at the creation time of the last record, and a creation time has
whole seconds: what is cut off is never a part of a second, and an answer always leads further back
than the second that it began in.  Source: write-path.md, Sync.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from postroom.model.ids import AccountId, ConversationId, ExtensionId
from postroom.model.message import Message
from postroom.model.sync import Frame
from postroom.store import codes
from postroom.store.commands import Steps, one
from postroom.store.messages import to_message
from postroom.store.pages import count_statement, page_statement
from postroom.store.shapes import Shape

SECOND_MS = 1000
EVERYTHING = 2**31 - 1
NOBODY = 0
COUNTED = 10_000
"""So many messages are looked at where conversations are counted."""


class Cut(NamedTuple):
    """Messages, newest first, all of the frame since `since_ms`; `older` when there is more."""

    messages: list[Message]
    since_ms: int
    older: bool


class View:
    """A frame over one mailbox, without the conversations that are closed to its owner."""

    def __init__(
        self,
        account_id: AccountId,
        owner: ExtensionId,
        frame: Frame,
        closed: Sequence[ConversationId],
    ) -> None:
        self._frame = frame
        self._shape = Shape(
            alive_only=True,
            types=bool(frame.types),
            directions=bool(frame.directions),
            conversations=bool(frame.conversations),
            date_from=True,
            date_to=frame.date_to_ms is not None,
            distinct=frame.distinct,
            closed=bool(closed),
        )
        self._arguments: dict[str, Any] = {
            "account_id": account_id,
            "extension_id": NOBODY if frame.nobody else owner,
            "types": [codes.TYPE[one] for one in frame.types],
            "directions": [codes.DIRECTION[one] for one in frame.directions],
            "conversations": list(frame.conversations),
            "date_to": frame.date_to_ms,
            "closed": list(closed),
        }

    def newest(self, limit: int, since_ms: int, before_ms: int | None = None) -> Steps[Cut]:
        """About `limit` messages since a moment, only those before another one if it is given."""
        before = None if before_ms is None else (before_ms, 0)
        messages = yield from self.page(limit + 1, since_ms, before)
        if len(messages) <= limit:
            return Cut(messages, since_ms, False)
        messages = messages[:limit]
        last = messages[-1]
        second = yield from self._end(last.created_ms, since_ms)
        rest = yield from self.page(EVERYTHING, second, (last.created_ms, last.id))
        older = yield from self.page(1, since_ms, (second, 0))
        return Cut(messages + rest, second if older else since_ms, bool(older))

    def _end(self, second: int, since_ms: int) -> Steps[int]:
        """The second to stop at: an older one, if this is the one that the frame ends with."""
        until = self._frame.date_to_ms
        if until is None or second < until - until % SECOND_MS:
            return second
        older = yield from self.page(1, since_ms, (second, 0))
        return older[0].created_ms if older else second

    def page(
        self, limit: int, since_ms: int, before: tuple[int, int] | None = None
    ) -> Steps[list[Message]]:
        """Messages since a moment, newest first, behind a place of creation time and id."""
        shape, arguments = self._shape, self._arguments
        if before is not None:
            shape = shape._replace(after=True)
            arguments = {**arguments, "after_ms": before[0], "after_id": before[1]}
        rows = yield from one(
            page_statement(shape), **arguments, date_from=since_ms, limit=limit, offset=0
        )
        return [to_message(row[3:]) for row in rows if row[3] is not None]

    def count(self, limit: int, since_ms: int) -> Steps[int]:
        """How many messages there are since a moment, counted no further than `limit`."""
        looked_at = COUNTED if self._shape.distinct else limit
        [[_, shown]] = yield from one(
            count_statement(self._shape), **self._arguments, date_from=since_ms, limit=looked_at
        )
        return min(int(shown), limit)
