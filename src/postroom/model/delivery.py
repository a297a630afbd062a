"""What may become of an outbound SMS.

    Queued ---> Sent ---> Delivered
      |          |   \
      |          |    +-> DeliveryFailed
      +-> SendingFailed --(a later receipt, when the sending was only uncertain)--> any of these

Source: guide 003, Message Attributes; wire.md 5.5.
"""

from postroom.model.message import MessageStatus

QUEUED, SENT = MessageStatus.QUEUED, MessageStatus.SENT
FAILED, DELIVERED = MessageStatus.SENDING_FAILED, MessageStatus.DELIVERED
UNDELIVERED = MessageStatus.DELIVERY_FAILED

FOLLOWS: dict[MessageStatus, frozenset[MessageStatus]] = {
    QUEUED: frozenset({SENT, FAILED, DELIVERED, UNDELIVERED}),
    SENT: frozenset({DELIVERED, UNDELIVERED}),
    FAILED: frozenset(),
    DELIVERED: frozenset(),
    UNDELIVERED: frozenset(),
    MessageStatus.RECEIVED: frozenset(),
}
LIFTED: frozenset[MessageStatus] = frozenset({SENT, DELIVERED, UNDELIVERED})
"""What a receipt makes of a message whose sending was uncertain."""


def may_become(now: MessageStatus, then: MessageStatus, *, uncertain: bool = False) -> bool:
    """Whether one status may follow another; a final one is never left, unless it was a guess."""
    return then in FOLLOWS[now] or (uncertain and now is FAILED and then in LIFTED)


def before(then: MessageStatus) -> tuple[MessageStatus, ...]:
    """The statuses that `then` may follow."""
    return tuple(now for now, nexts in FOLLOWS.items() if then in nexts)
