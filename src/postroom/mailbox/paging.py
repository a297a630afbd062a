"""Pages of a mailbox, newest first, at the same cost in a small mailbox and in a huge one.

Totals come from the mailbox's counters where no other filter stands in the way, and are counted
otherwise, exactly up to `COUNTED` and not at all beyond.  A page is reached from the nearer end, or
from the nearest place that is remembered, as long as the mailbox has not changed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from postroom.mailbox import plans
from postroom.mailbox.anchors import Anchors
from postroom.mailbox.reading import confirm
from postroom.model.company import Company
from postroom.model.errors import InvalidParameter, NotFound
from postroom.model.ids import ConversationId, ExtensionId
from postroom.model.listing import Listing
from postroom.model.message import Message
from postroom.store.commands import Rows
from postroom.store.database import Store
from postroom.store.messages import to_message
from postroom.store.pages import (
    COUNT_TALKS,
    HEAD,
    TALKS,
    Head,
    count_statement,
    head,
    page_statement,
)
from postroom.store.searching import COUNT_HITS
from postroom.store.shapes import Shape

COUNTED = 10_000
MERGED = 10_000
FEW_TALKS = 1_000
"""Of so many conversations the newest messages are looked up; of more the newest page is walked."""
FEW_HITS = 4_000
"""So many messages that the index of words finds are looked up; of more the newest are walked."""


class Page(NamedTuple):
    """The messages of one page, newest first; `total` is absent when it is too large to count."""

    messages: list[Message]
    total: int | None


class Reading(NamedTuple):
    """One list as it is about to be read."""

    company: Company
    wanted: Listing
    opening: Head
    arguments: dict[str, Any]
    shape: Shape
    followed: int | None = None
    """The last change that the index of words has seen."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Tells the list from any other, and from itself after a change."""
        return self.opening.change_number, self.followed, self.shape, repr(self.arguments)


class Lists:
    """Reads pages of mailboxes from one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._anchors = Anchors()

    async def page(self, company: Company, owner: ExtensionId, wanted: Listing) -> Page:
        """One page.  Raises `Outdated` when the company is no longer what it was."""
        opening = await self._head(company, owner)
        total = plans.counted(wanted, opening)
        if total is not None and wanted.offset >= total:
            return Page([], total)
        reading = Reading(company, wanted, opening, *plans.plan(company, owner, wanted, opening))
        if wanted.terms:
            return await self._found(reading)
        if wanted.distinct and plans.is_plain(wanted, opening):
            return await self._talks(reading)
        messages = await self._read(reading, total)
        return Page(messages, await self._total(reading, messages) if total is None else total)

    async def merged(
        self, company: Company, owners: Sequence[ExtensionId], wanted: Listing
    ) -> Page:
        """One page of several mailboxes together.  Raises `InvalidParameter("page")` far behind."""
        if len(owners) == 1:
            return await self.page(company, owners[0], wanted)
        reach = wanted.offset + wanted.per_page
        if reach > MERGED:
            raise InvalidParameter("page", f"several mailboxes show {MERGED} messages")
        whole = msgspec.structs.replace(wanted, page=1, per_page=reach)
        pages = [await self.page(company, owner, whole) for owner in owners]
        messages = sorted(
            (message for page in pages for message in page.messages),
            key=lambda message: (message.created_ms, message.id),
            reverse=True,
        )
        totals = [page.total for page in pages]
        known = [total for total in totals if total is not None]
        total = sum(known) if len(known) == len(totals) else None
        return Page(messages[wanted.offset : reach], total)

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

    # -- reading a page --------------------------------------------------------------------------

    async def _read(self, reading: Reading, total: int | None) -> list[Message]:
        wanted, shape, arguments = reading.wanted, reading.shape, reading.arguments
        offset, limit = wanted.offset, wanted.per_page
        anchor = self._anchors.find(reading.key, offset)
        if anchor is not None and (total is None or anchor[0] <= total - offset):
            offset, place = anchor
            shape = shape._replace(after=True)
            arguments = {**arguments, "after_ms": place[0], "after_id": place[1]}
        elif total is not None and offset > total // 2:
            limit = min(limit, total - offset)
            shape, offset = shape._replace(ascending=True), total - offset - limit
        rows = await self._store.fetch(
            page_statement(shape), **arguments, limit=limit, offset=offset
        )
        messages = messages_of(reading, rows)
        if messages and rows[0][2] == reading.opening.change_number:
            self._remember(reading, messages)
        return messages

    def _remember(self, reading: Reading, messages: list[Message]) -> None:
        """Where this page begins, and where the next one does: behind a place, not including it."""
        first, last, offset = messages[0], messages[-1], reading.wanted.offset
        self._anchors.keep(reading.key, offset, (first.created_ms, first.id + 1))
        self._anchors.keep(reading.key, offset + len(messages), (last.created_ms, last.id))

    async def _total(self, reading: Reading, messages: list[Message]) -> int | None:
        wanted = reading.wanted
        if len(messages) < wanted.per_page and (messages or wanted.page == 1):
            return wanted.offset + len(messages)
        known = self._anchors.total(reading.key)
        if known is not None:
            return known[0]
        statement = count_statement(reading.shape)
        [[count, shown]] = await self._store.fetch(
            statement, **reading.arguments, limit=COUNTED + 1
        )
        total = shown if count <= COUNTED else None
        self._anchors.keep_total(reading.key, total)
        return total

    # -- the newest of each conversation -----------------------------------------------------------

    async def _talks(self, reading: Reading) -> Page:
        """The conversations' own rows know how many there are, and of few the newest messages."""
        wanted, arguments = reading.wanted, reading.arguments
        [[count]] = await self._store.look(COUNT_TALKS, **arguments, limit=COUNTED + 1)
        alone = plans.without_conversation(reading.opening)
        if count > FEW_TALKS or alone > FEW_TALKS:
            total = count + alone if count <= COUNTED else None
            return Page(await self._read(reading, None), total)
        rows = await self._store.fetch(
            TALKS, **arguments, limit=wanted.per_page, offset=wanted.offset
        )
        return Page(messages_of(reading, rows), count + alone)

    # -- by words ----------------------------------------------------------------------------------

    async def _found(self, reading: Reading) -> Page:
        """Few hits are looked up and sorted; of many the newest are found by looking at each."""
        wanted, shape = reading.wanted, reading.shape
        rows = await self._store.fetch(COUNT_HITS, **reading.arguments, limit=COUNTED + 1)
        [[hits, followed]] = rows
        if not hits:
            return Page([], 0)
        by_index = reading._replace(shape=shape._replace(hits=True, kinds=0), followed=followed)
        walked = reading._replace(shape=shape._replace(holds=True), followed=followed)
        messages = await self._read(by_index if hits <= FEW_HITS else walked, None)
        if hits > COUNTED and len(messages) == wanted.per_page:
            return Page(messages, None)
        return Page(messages, await self._total(by_index, messages))


def messages_of(reading: Reading, rows: Rows) -> list[Message]:
    """The messages of a page that was read.  Raises `Outdated`."""
    if rows:
        confirm(reading.company, (rows[0][0], rows[0][1]))
    return [to_message(row[3:]) for row in rows if row[3] is not None]
