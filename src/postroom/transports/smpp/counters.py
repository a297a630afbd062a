"""What a link has done since it was made, for metrics."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Running totals of one link; `latency` adds up seconds, over `answered` answers."""

    binds: int = 0
    submitted: int = 0
    answered: int = 0
    accepted: int = 0
    refused: int = 0
    throttled: int = 0
    uncertain: int = 0
    latency: float = 0.0
    delivered: int = 0
    """Inbound messages and receipts that were committed."""
    turned_away: int = 0
    """Inbound PDUs answered negatively."""
    unreadable: int = 0
    """Receipts that name no message."""
