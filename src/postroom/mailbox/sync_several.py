"""One copy of several mailboxes: each has a token of its own, and the answers are one.

Nothing is told twice, as a message is in one mailbox only.  Where the number of records was
limited, all mailboxes are cut where the first of them was: a client that goes on from the last
record misses nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from postroom.mailbox.syncing import Synced, Syncing
from postroom.model.company import Company
from postroom.model.ids import ExtensionId
from postroom.model.message import Message
from postroom.model.sync import Frame, SyncToken, Widening


class Several(NamedTuple):
    """What each mailbox tells, in their order, and all messages, newest first."""

    parts: list[Synced]
    messages: list[Message]
    older: bool


def alone(part: Synced) -> Several:
    """What one mailbox tells by itself."""
    return Several([part], part.messages, part.older)


async def full(
    syncing: Syncing,
    company: Company,
    owners: Sequence[ExtensionId],
    frame: Frame,
    count: int | None,
) -> Several:
    """The newest messages of a frame over several mailboxes.  Raises `Outdated`."""
    parts = [await syncing.full(company, owner, frame, count) for owner in owners]
    edges = [part.token.frame.since_ms for part in parts if part.older]
    if edges:
        parts = [_cut(part, max(edges)) for part in parts]
    return _together(parts)


async def changed(
    syncing: Syncing, company: Company, tokens: Sequence[SyncToken], wider: Widening
) -> Several:
    """What has changed since the tokens.  Raises `FullSyncRequired`, `Outdated`."""
    return _together(
        [await syncing.changed(company, token.extension_id, token, wider) for token in tokens]
    )


def _cut(part: Synced, since_ms: int) -> Synced:
    """Only what was created since a moment; the token says so."""
    frame = part.token.frame
    if frame.since_ms >= since_ms:
        return part
    kept = [message for message in part.messages if message.created_ms >= since_ms]
    frame = msgspec.structs.replace(frame, since_ms=since_ms)
    return Synced(
        kept,
        part.gone,
        msgspec.structs.replace(part.token, frame=frame),
        part.older or len(kept) < len(part.messages),
    )


def _together(parts: list[Synced]) -> Several:
    messages = sorted(
        (message for part in parts for message in part.messages),
        key=lambda message: (message.created_ms, message.id),
        reverse=True,
    )
    return Several(parts, messages, any(part.older for part in parts))
