"""What a marking or an outcome makes of a message row, by the tables of the model."""

from dataclasses import dataclass, replace

import msgspec

from postroom.model import delivery, lifecycle
from postroom.model.audit import Act
from postroom.model.ids import MessageId
from postroom.model.marking import Marked, Marking, Outcome
from postroom.model.message import Attachment, Direction, MessageStatus
from postroom.store import codes, counters

QUEUED = codes.STATUS[MessageStatus.QUEUED]


@dataclass(frozen=True, slots=True)
class State:
    """The columns of a message that may change, and those that decide; codes as stored."""

    type: int
    direction: int
    availability: int
    read_status: int
    status: int
    uncertain: int
    conversation_id: int | None
    subject: str
    attachments: str | None
    attempts: int
    delivered_ms: int | None
    delivery_error: str | None
    changed_ms: int

    @property
    def place(self) -> int:
        """Where the mailbox counts it."""
        return counters.place(self.type, self.direction, self.read_status, self.availability)

    @property
    def alive(self) -> int:
        """1 when it is Alive."""
        return int(self.availability == 0)

    @property
    def unread(self) -> int:
        """1 when it counts as unread: Inbound, Alive and Unread."""
        inbound = self.direction == codes.DIRECTION[Direction.INBOUND]
        return int(inbound and self.availability == 0 and self.read_status == 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state after a wish, which is the state before when it was not granted."""

    after: State
    changed: bool
    now_ms: int
    objects: tuple[str, ...] = ()
    refused: bool = False
    gone: bool = False
    purged: bool = False
    held: bool = False
    act: Act | None = None

    def marked(self, id: MessageId) -> Marked:
        """What the asker is told."""
        status = codes.STATUS.member(self.after.status)
        return Marked(
            id=id,
            found=not self.refused,
            changed=self.changed,
            status=status,
            objects=self.objects,
            held=self.held,
        )


ACTS = {
    lifecycle.ALIVE: Act.RESTORE,
    lifecycle.DELETED: Act.DELETE,
    lifecycle.PURGED: Act.PURGE,
    None: Act.REMOVE,
}
"""What is entered into the audit log when a message reaches an availability."""


def judge(state: State, wish: Marking | Outcome, *, held: bool = False) -> Verdict:
    """What becomes of a message: granted, without effect, or refused.

    `held`: its mailbox is under a legal hold.
    """
    if isinstance(wish, Marking):
        return _judge_marking(state, wish, held)
    return _judge_outcome(state, wish)


def _judge_marking(state: State, wish: Marking, held: bool) -> Verdict:
    after, objects, purged, act = state, tuple[str, ...](), False, None
    availability = codes.AVAILABILITY.member(state.availability)
    if wish.step is not None:
        if not lifecycle.allows(availability, wish.step) or _is_too_early(state, wish):
            return Verdict(state, False, wish.now_ms, refused=True)
        if held and lifecycle.is_held_off(availability, wish.step):
            return Verdict(state, False, wish.now_ms, held=True)
        reached = lifecycle.after(availability, wish.step)
        if reached is not availability:
            act = ACTS[reached]
        if reached is None:
            return Verdict(state, True, wish.now_ms, gone=True, act=act)
        if reached is not availability:
            after = replace(after, availability=codes.AVAILABILITY[reached], changed_ms=wish.now_ms)
        purged = reached is lifecycle.PURGED
        if purged:
            objects = _objects(state.attachments)
            after = replace(after, subject="", attachments=None)
    if wish.read_status is not None:
        after = replace(after, read_status=codes.READ_STATUS[wish.read_status])
    return Verdict(after, after != state, wish.now_ms, objects, purged=purged, act=act)


def _is_too_early(state: State, wish: Marking) -> bool:
    """Whether it came to its place later than the wish is about, or a carrier still has it."""
    if wish.before_ms is not None and state.changed_ms > wish.before_ms:
        return True
    return wish.step is lifecycle.Step.FORGET and state.status == QUEUED


def _objects(attachments: str | None) -> tuple[str, ...]:
    if attachments is None:
        return ()
    return tuple(a.key for a in msgspec.json.decode(attachments, type=tuple[Attachment, ...]))


def _judge_outcome(state: State, wish: Outcome) -> Verdict:
    after = state
    if wish.attempted:
        after = replace(after, attempts=state.attempts + 1)
    status = codes.STATUS.member(state.status)
    lifted = bool(state.uncertain)
    if wish.status is not None and delivery.may_become(status, wish.status, uncertain=lifted):
        after = replace(
            after,
            status=codes.STATUS[wish.status],
            uncertain=int(wish.uncertain),
            delivery_error=wish.delivery_error,
            delivered_ms=wish.delivered_ms
            if wish.status is MessageStatus.DELIVERED
            else state.delivered_ms,
        )
    return Verdict(after, after != state, wish.now_ms)
