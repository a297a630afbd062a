"""What a message centre may be told to do, and what it keeps."""

from collections.abc import Callable
from dataclasses import dataclass

from postroom.transports.smpp.pdu import ShortMessage
from postroom.transports.smpp.status import Status

PATIENCE = 20.0
"""Seconds after which a test that waits has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """One `submit_sm` that came, with the answer that was meant for it."""

    message: ShortMessage
    sequence: int
    status: int
    id: str
    at: float


@dataclass(slots=True, kw_only=True)
class Habits:
    """How the message centre behaves."""

    password: str = "secret"
    binding: bool = True
    """Whether binds are answered at all."""
    bind_status: int = Status.ROK
    judge: Callable[[ShortMessage], int] = lambda _: Status.ROK
    """The `command_status` for each submission."""
    name: Callable[[int], str] = str
    """The id for the n-th submission, from 1."""
    spell: Callable[[str], str] = str
    """How receipts spell an id."""
    receipts: str = "none"
    """When a receipt DELIVRD follows by itself: none, before (the answer), after, both."""
    silent: bool = False
    """Answers nothing at all but binds."""
    answers_enquiries: bool = True
    holding: bool = False
    """Keeps the answers to submissions until `release`."""
    drop_after: int | None = None
    """Drops the connection, without an answer, once so many more submissions have come."""
    dribbling: bool = False
    """Writes one octet at a time."""


def receipt_text(id: str, state: str = "DELIVRD", error: str = "000") -> bytes:
    """The short message of a receipt, as in the standard."""
    dates = "submit date:2601051200 done date:2601051201"
    return f"id:{id} sub:001 dlvrd:001 {dates} stat:{state} err:{error} text:Hello".encode()
