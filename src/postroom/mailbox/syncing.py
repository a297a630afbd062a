"""Synchronization: everything in a frame, or exactly what has changed since a token.

A token holds the mailbox's change number of the snapshot that its records were read in, and numbers
rise in the order of commits: what a later answer tells has a larger number, whoever commits when.
Every answer brings any copy that was taken at its token or later up to date, so a token may be used
again.  Source: wire.md 2.9; write-path.md, Sync.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from postroom.mailbox import sync_changes
from postroom.mailbox.reading import confirm
from postroom.mailbox.sync_changes import Told
from postroom.mailbox.sync_frames import View
from postroom.model.company import Company
from postroom.model.errors import NotFound
from postroom.model.ids import ConversationId, ExtensionId, MessageId
from postroom.model.message import Availability, Message
from postroom.model.refusals import FullSyncRequired
from postroom.model.sync import Frame, Place, SyncToken, Widening
from postroom.store import changes
from postroom.store.changes import LATEST, MOST, Log
from postroom.store.commands import Steps, one
from postroom.store.database import Store
from postroom.store.pages import HEAD, Head, head

SAME = Widening()


class Synced(NamedTuple):
    """What to put into the copy, newest first, what to take out, and how to go on."""

    messages: list[Message]
    gone: dict[MessageId, Availability]
    token: SyncToken
    older: bool = False


class Syncing:
    """Answers synchronizations from one store.

    `overlap_ms` repeats what changed so long before the token, as RingCentral does.
    """

    def __init__(self, store: Store, clock: Callable[[], int], overlap_ms: int = 0) -> None:
        self._store, self._clock, self._overlap_ms = store, clock, overlap_ms

    async def full(
        self, company: Company, owner: ExtensionId, frame: Frame, count: int | None
    ) -> Synced:
        """The newest messages of a frame, about `count` of them.  Raises `Outdated`."""
        limit = MOST if count is None else min(count, MOST)
        return await self._store.observe(
            partial(_full, company, owner, frame, limit, self._clock())
        )

    async def changed(
        self, company: Company, owner: ExtensionId, token: SyncToken, wider: Widening = SAME
    ) -> Synced:
        """What has changed since the token.

        Raises `FullSyncRequired` when the token is none of this mailbox, or too old; `Outdated`.
        """
        if (token.account_id, token.extension_id) != (company.account_id, owner):
            raise FullSyncRequired
        now = self._clock()
        plain = wider == SAME and not self._overlap_ms and not token.frame.distinct
        if plain and not token.place.until:
            rows = await self._store.look(
                changes.A_FEW_CHANGES, **_after(company, owner, token.place.number, LATEST)
            )
            log = _checked(company, token, changes.log(rows))
            if len(log.changes) <= changes.FEW and not sync_changes.turning(log.changes):
                told = sync_changes.of_messages(log.changes, token.frame)
                return _synced(told, token, Place(number=log.change_number, taken_ms=now))
        return await self._store.observe(
            partial(_changed, company, owner, token, wider, now, self._overlap_ms)
        )


def _after(company: Company, owner: ExtensionId, after: int, until: int) -> dict[str, object]:
    return {
        "account_id": company.account_id,
        "extension_id": owner,
        "circles": sorted(company.circles(owner)),
        "after": after,
        "until": until,
    }


def _most(
    company: Company, owner: ExtensionId, token: SyncToken, after: int, until: int
) -> Steps[Log]:
    circles = company.circles(owner)
    log = yield from changes.most(company.account_id, owner, circles, after, until)
    return _checked(company, token, log)


def _checked(company: Company, token: SyncToken, log: Log | None) -> Log:
    if log is None:
        raise NotFound("extensionId")
    confirm(company, log.versions)
    if not log.trimmed_number <= token.place.number <= log.change_number:
        raise FullSyncRequired
    return log


def _synced(told: Told, token: SyncToken, place: Place) -> Synced:
    messages = sorted(told.messages.values(), key=lambda m: (m.created_ms, m.id), reverse=True)
    return Synced(messages, told.gone, msgspec.structs.replace(token, place=place))


# -- in one snapshot -----------------------------------------------------------------------------


def _head(company: Company, owner: ExtensionId) -> Steps[Head]:
    rows = yield from one(
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


def _full(
    company: Company, owner: ExtensionId, frame: Frame, limit: int, now_ms: int
) -> Steps[Synced]:
    opening = yield from _head(company, owner)
    view = View(company.account_id, owner, frame, [one.id for one in opening.closed])
    cut = yield from view.newest(limit, frame.date_from_ms)
    token = SyncToken(
        account_id=company.account_id,
        extension_id=owner,
        frame=msgspec.structs.replace(frame, since_ms=cut.since_ms),
        place=Place(number=opening.change_number, taken_ms=now_ms),
    )
    return Synced(cut.messages, {}, token, cut.older)


def _changed(
    company: Company,
    owner: ExtensionId,
    token: SyncToken,
    wider: Widening,
    now_ms: int,
    overlap_ms: int,
) -> Steps[Synced]:
    place, frame = token.place, token.frame
    log = yield from _most(company, owner, token, place.number, place.until or LATEST)
    until, found = place.until or log.change_number, log.changes
    if len(found) > MOST:
        found = found[:MOST]
        until = found[-1].number
    told = Told({}, {})
    inside = 0
    if sync_changes.turning(found) and not frame.nobody:
        told, inside = yield from sync_changes.turned(company, owner, token, found)
    if inside:
        reached = Place(number=place.number, until=until, inside=inside, taken_ms=now_ms)
    else:
        reached = Place(number=until, taken_ms=now_ms)
        told = told.joined(sync_changes.of_messages(found, frame))
        if overlap_ms:
            told = (yield from _again(company, owner, token, overlap_ms)).joined(told)
    if frame.distinct or wider != SAME:
        opening = yield from _head(company, owner)
        closed = [one.id for one in opening.closed]
        if frame.distinct:
            told = yield from _newest_of_each(company, owner, token, told, found, closed)
        if wider != SAME:
            return (yield from _widened(company, owner, token, told, reached, wider, closed))
    return _synced(told, token, reached)


def _again(company: Company, owner: ExtensionId, token: SyncToken, overlap_ms: int) -> Steps[Told]:
    """What changed shortly before the token."""
    number = token.place.number
    before = yield from one(
        changes.NUMBER_BEFORE,
        account_id=company.account_id,
        extension_id=owner,
        until=number,
        at_ms=token.place.taken_ms - overlap_ms,
    )
    after = before[0][0] if before else 0
    log = yield from _most(company, owner, token, after, number)
    return sync_changes.of_messages(log.changes[:MOST], token.frame)


def _newest_of_each(
    company: Company,
    owner: ExtensionId,
    token: SyncToken,
    told: Told,
    found: list[changes.Change],
    closed: list[ConversationId],
) -> Steps[Told]:
    """Of each conversation that something happened in, the newest message of now.

    A message that was forgotten meanwhile does not tell its conversation any more.
    """
    if any(one.message is None and one.kind not in changes.UNTOLD for one in found):
        raise FullSyncRequired
    talks = {m.conversation_id for m in [*told.messages.values(), *told.left]} - {None}
    alone = {id: m for id, m in told.messages.items() if m.conversation_id is None}
    if not talks:
        return Told(alone, told.gone)
    only = msgspec.structs.replace(token.frame, conversations=tuple(sorted(filter(None, talks))))
    view = View(company.account_id, owner, only, closed)
    newest = yield from view.page(len(talks), token.frame.date_from_ms)
    return Told(alone | {m.id: m for m in newest}, told.gone)


def _widened(
    company: Company,
    owner: ExtensionId,
    token: SyncToken,
    told: Told,
    reached: Place,
    wider: Widening,
    closed: list[ConversationId],
) -> Steps[Synced]:
    """Add older messages, and let the frame reach as far back as they do."""
    frame = token.frame
    view = View(company.account_id, owner, frame, closed)
    since_ms = frame.date_from_ms
    limit = MOST if wider.count is None else min(wider.count, MOST)
    if wider.date_from_ms is not None and wider.date_from_ms < frame.date_from_ms:
        since_ms = wider.date_from_ms
    elif wider.count is not None:
        limit -= yield from view.count(limit, frame.since_ms)
    else:
        limit = 0
    if limit <= 0 or since_ms >= frame.since_ms:
        return _synced(told, token, reached)
    cut = yield from view.newest(limit, since_ms, frame.since_ms)
    frame = msgspec.structs.replace(
        frame, date_from_ms=min(frame.date_from_ms, since_ms), since_ms=cut.since_ms
    )
    token = msgspec.structs.replace(token, frame=frame)
    told = told.joined(Told({m.id: m for m in cut.messages}, {}))
    return _synced(told, token, reached)._replace(older=cut.older)
