"""One line per thing that happens to a message, for people who ask where it is.

    journal.sent(message_id=id, sender=sender, recipient=recipient)
    journal.dropped("recipient is frozen", sender=sender, recipient=recipient)

A line holds ids and the last four digits of numbers, never the text.
"""

from typing import TypedDict, Unpack

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.observability import logs, metrics

SHOWN_DIGITS = 4


class Facts(TypedDict, total=False):
    """What a line may say; `sender` and `recipient` are numbers and are masked."""

    account_id: AccountId
    extension_id: ExtensionId
    message_id: MessageId
    sender: str
    recipient: str
    carrier: str
    segments: int
    copies: int


class Journal:
    """Whether lines are written at all; one per process."""

    enabled = True


_log = logs.get("journal")


def switch(enabled: bool) -> None:
    """Write lines or not; what is counted is counted all the same."""
    Journal.enabled = enabled


def masked(number: str) -> str:
    """A number by its last four digits: `…0123`; an extension number as it is."""
    return number if len(number) <= SHOWN_DIGITS else f"…{number[-SHOWN_DIGITS:]}"


def received(**facts: Unpack[Facts]) -> None:
    """A carrier brought a message, and it is in a mailbox."""
    _write("received", facts)


def sent(**facts: Unpack[Facts]) -> None:
    """The carrier took every segment."""
    _write("sent", facts)


def delivered(**facts: Unpack[Facts]) -> None:
    """The carrier says that the handset has it."""
    _write("delivered", facts)


def retried(reason: str, **facts: Unpack[Facts]) -> None:
    """The carrier did not take it now; it will be tried again."""
    _write("to be tried again", facts, reason)


def failed(reason: str, **facts: Unpack[Facts]) -> None:
    """It could not be sent, or not be delivered, for good."""
    _write("failed", facts, reason)


def uncertain(reason: str, **facts: Unpack[Facts]) -> None:
    """It was on the wire when the link or the process died: the carrier may have it or not."""
    _write("uncertain", facts, reason)


def dropped(reason: str, **facts: Unpack[Facts]) -> None:
    """It was accepted and is stored nowhere; also counted, by reason."""
    metrics.dropped.add((reason,))
    _write("dropped", facts, reason)


def parked(reason: str, **facts: Unpack[Facts]) -> None:
    """A delivery receipt fits no message yet."""
    _write("receipt parked", facts, reason)


def made_room(step: str, **facts: Unpack[Facts]) -> None:
    """A mailbox was too full: its oldest messages were deleted, or deleted ones purged early."""
    _write("made room", facts, step)


def _write(event: str, facts: Facts, reason: str = "") -> None:
    if not Journal.enabled:
        return
    for name in ("sender", "recipient"):
        if name in facts:
            facts[name] = masked(facts[name])
    if reason:
        _log.info(event, reason=reason, **facts)
    else:
        _log.info(event, **facts)
