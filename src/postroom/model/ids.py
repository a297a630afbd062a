"""Identifiers, and how a 53-bit one is laid out.

    39 bits  ticks of 10 ms since 2020-01-01 (lasts until 2194)
     6 bits  worker, a leased number: 0 on SQLite's only process
     8 bits  sequence inside the tick

Every id stays below 2^53, because JavaScript clients keep numbers as doubles.
"""

from typing import NewType

AccountId = NewType("AccountId", int)
ExtensionId = NewType("ExtensionId", int)
MessageId = NewType("MessageId", int)
ConversationId = NewType("ConversationId", int)
NumberId = NewType("NumberId", int)

EPOCH_MS = 1_577_836_800_000
TICK_MS = 10
WORKER_BITS = 6
SEQUENCE_BITS = 8
WORKERS = 1 << WORKER_BITS
PER_TICK = 1 << SEQUENCE_BITS
MAX_ID = (1 << 53) - 1


def tick_of(unix_ms: int) -> int:
    """The tick that a moment falls into."""
    return (unix_ms - EPOCH_MS) // TICK_MS


def first_of_tick(tick: int, worker: int) -> int:
    """The smallest id that `worker` may give in `tick`; the next `PER_TICK - 1` follow it."""
    return ((tick << WORKER_BITS) | worker) << SEQUENCE_BITS
