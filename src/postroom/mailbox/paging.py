"""Pages of a mailbox, newest first, at the same cost in a small mailbox and in a huge one.

Totals come from the mailbox's counters where no other filter stands in the way, and are counted
otherwise, exactly up to `COUNTED` and not at all beyond.  A page is reached from the nearer end, or
from the place where the page before it ended, as long as the mailbox has not changed.
"""

from collections import OrderedDict
from typing import Any, NamedTuple

from postroom.mailbox.reading import confirm
from postroom.model.company import Company
from postroom.model.errors import NotFound
from postroom.model.ids import ConversationId, ExtensionId
from postroom.model.listing import Listing
from postroom.model.message import Availability, Direction, Message, MessageType, ReadStatus
from postroom.store import codes, counters
from postroom.store.database import Store
from postroom.store.messages import to_message
from postroom.store.pages import HEAD, Head, Shape, count_statement, head, page_statement

COUNTED = 10_000
REMEMBERED = 4096


class Page(NamedTuple):
    """The messages of one page, newest first; `total` is absent when it is too large to count."""

    messages: list[Message]
    total: int | None


class Anchors:
    """Where pages end, remembered while a mailbox stays as it is; the oldest are forgotten."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[Any, ...], tuple[int, int]] = OrderedDict()

    def find(self, key: tuple[Any, ...]) -> tuple[int, int] | None:
        """The last message before a page, as creation time and id."""
        return self._places.get(key)

    def keep(self, key: tuple[Any, ...], place: tuple[int, int]) -> None:
        """Remember where a page begins."""
        self._places[key] = place
        if len(self._places) > REMEMBERED:
            self._places.popitem(last=False)


class Lists:
    """Reads pages of mailboxes from one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._anchors = Anchors()

    async def page(self, company: Company, owner: ExtensionId, wanted: Listing) -> Page:
        """One page.  Raises `Outdated` when the company is no longer what it was."""
        opening = await self._head(company, owner)
        arguments, shape = _arguments(company, owner, wanted, opening)
        total = _counted(wanted, opening)
        if total is not None and wanted.offset >= total:
            return Page([], total)
        messages = await self._read(company, wanted, opening, arguments, shape, total)
        if total is None:
            total = await self._total(wanted, messages, arguments, shape)
        return Page(messages, total)

    async def closed(self, company: Company, owner: ExtensionId) -> list[ConversationId]:
        """The conversations that the owner can no longer read.  Raises `Outdated`."""
        opening = await self._head(company, owner)
        return [one.id for one in opening.closed]

    async def _head(self, company: Company, owner: ExtensionId) -> Head:
        rows = await self._store.look(
            HEAD,
            account_id=company.account_id,
            extension_id=owner,
            former=sorted(company.formerly_of.get(owner, ())),
            circles=sorted(company.circles(owner)),
        )
        opening = head(rows)
        if opening is None:
            raise NotFound("extensionId")
        confirm(company, opening.versions)
        return opening

    async def _read(
        self,
        company: Company,
        wanted: Listing,
        opening: Head,
        arguments: dict[str, Any],
        shape: Shape,
        total: int | None,
    ) -> list[Message]:
        key = (opening.change_number, wanted.page, wanted.per_page, shape, repr(arguments))
        place = self._anchors.find(key)
        offset, limit = wanted.offset, wanted.per_page
        if place is not None:
            shape, offset = shape._replace(after=True), 0
            arguments = {**arguments, "after_ms": place[0], "after_id": place[1]}
        elif total is not None and offset > total // 2:
            limit = min(limit, total - offset)
            shape, offset = shape._replace(ascending=True), total - offset - limit
        rows = await self._store.fetch(
            page_statement(shape), **arguments, limit=limit, offset=offset
        )
        if rows:
            confirm(company, (rows[0][0], rows[0][1]))
        messages = [to_message(row[3:]) for row in rows if row[3] is not None]
        if messages and rows[0][2] == opening.change_number:
            self._remember(key, wanted, messages)
        return messages

    def _remember(self, key: tuple[Any, ...], wanted: Listing, messages: list[Message]) -> None:
        """Where this page begins, and where the next one does: behind a place, not including it."""
        first, last = messages[0], messages[-1]
        self._anchors.keep(key, (first.created_ms, first.id + 1))
        if len(messages) == wanted.per_page:
            following = (key[0], wanted.page + 1, *key[2:])
            self._anchors.keep(following, (last.created_ms, last.id))

    async def _total(
        self, wanted: Listing, messages: list[Message], arguments: dict[str, Any], shape: Shape
    ) -> int | None:
        if len(messages) < wanted.per_page and (messages or wanted.page == 1):
            return wanted.offset + len(messages)
        [[count]] = await self._store.fetch(count_statement(shape), **arguments, limit=COUNTED + 1)
        return count if count <= COUNTED else None


def _arguments(
    company: Company, owner: ExtensionId, wanted: Listing, opening: Head
) -> tuple[dict[str, Any], Shape]:
    shape = Shape(
        alive_only=wanted.availabilities == (Availability.ALIVE,),
        types=bool(wanted.types),
        directions=bool(wanted.directions),
        read_states=bool(wanted.read_states),
        conversations=bool(wanted.conversations),
        date_from=not _reaches_back(wanted, opening),
        date_to=wanted.date_to_ms is not None,
        phone=wanted.phone is not None,
        distinct=wanted.distinct,
        closed=bool(opening.closed),
    )
    return {
        "account_id": company.account_id,
        "extension_id": owner,
        "availabilities": [codes.AVAILABILITY[one] for one in wanted.availabilities],
        "types": [codes.TYPE[one] for one in wanted.types],
        "directions": [codes.DIRECTION[one] for one in wanted.directions],
        "read_states": [codes.READ_STATUS[one] for one in wanted.read_states],
        "conversations": list(wanted.conversations),
        "date_from": wanted.date_from_ms,
        "date_to": wanted.date_to_ms,
        "phone": wanted.phone,
        "closed": [one.id for one in opening.closed],
    }, shape


def _reaches_back(wanted: Listing, opening: Head) -> bool:
    """Whether the list begins at or before the mailbox's oldest message."""
    if wanted.date_from_ms is None:
        return True
    if wanted.availabilities != (Availability.ALIVE,):
        return False
    return opening.oldest_ms is None or wanted.date_from_ms <= opening.oldest_ms


def _counted(wanted: Listing, opening: Head) -> int | None:
    """The total by the mailbox's counters, where they can tell it."""
    if wanted.conversations or wanted.phone or wanted.distinct or wanted.date_to_ms is not None:
        return None
    if not _reaches_back(wanted, opening):
        return None
    hidden = _hidden(wanted, opening)
    if hidden is None:
        return None
    total = counters.total(
        opening.counters,
        types=_codes(codes.TYPE, wanted.types),
        directions=_codes(codes.DIRECTION, wanted.directions),
        read_states=_codes(codes.READ_STATUS, wanted.read_states),
        availabilities=_codes(codes.AVAILABILITY, wanted.availabilities),
    )
    return total - hidden


def _codes(table: Any, members: tuple[Any, ...]) -> frozenset[int] | None:
    return frozenset(table[member] for member in members) if members else None


def _hidden(wanted: Listing, opening: Head) -> int | None:
    """How many of the counted messages stand in closed conversations, which are all pages."""
    if not opening.closed or (wanted.types and MessageType.PAGER not in wanted.types):
        return 0
    if wanted.availabilities != (Availability.ALIVE,):
        return None
    if not wanted.directions and not wanted.read_states:
        return sum(one.alive for one in opening.closed)
    if wanted.directions == (Direction.INBOUND,) and wanted.read_states == (ReadStatus.UNREAD,):
        return sum(one.unread for one in opening.closed)
    return None
