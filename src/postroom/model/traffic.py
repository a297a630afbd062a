"""What crosses the border between Postroom and a carrier, in both directions.

Outbound: a `Submission` goes to a transport, which answers with a `Submitted`.
Inbound: a transport brings `Traffic` and waits until it is committed before it answers the carrier.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from postroom.model.ids import AccountId, ExtensionId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One SMS to one recipient, to be handed to a carrier.

    `sender` and `recipient` are MSISDNs in E.164 with `+`.  `segments_done` counts the segments
    that this carrier has already accepted, so that a retry begins behind them: the cut into
    segments and their reference number depend only on `text` and `message_id`.
    """

    account_id: AccountId
    extension_id: ExtensionId
    message_id: MessageId
    sender: str
    recipient: str
    text: str
    segments_done: int = 0


class Fate(Enum):
    """How an unfinished submission ended."""

    TEMPORARY = "temporary"
    """Certainly not taken; may be tried again, here or elsewhere."""
    PERMANENT = "permanent"
    """Certainly not taken; trying again is useless."""
    UNCERTAIN = "uncertain"
    """It was on the wire and no answer came: the carrier may or may not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a segment was not accepted.

    `reason` is for people, in the carrier's own words and codes; `delivery_error` is what the API
    shows as `deliveryErrorCode`.  `not_bound` tells that the link was not up.
    """

    fate: Fate
    reason: str
    delivery_error: str = "SMS-UP-500"
    not_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The result of a submission: the carrier's ids of the segments it took now, in order.

    `failure` is `None` when every segment has been accepted.
    """

    ids: tuple[str, ...] = ()
    failure: Failure | None = None


class Alphabet(Enum):
    """How the octets of a short message are to be read."""

    GSM7 = "gsm7"
    """GSM 03.38 default alphabet, one septet per octet (unpacked)."""
    UCS2 = "ucs2"
    """UTF-16 big endian."""
    LATIN1 = "latin1"
    ASCII = "ascii"
    BINARY = "binary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One segment of a long inbound SMS: `number` of `total`, counted from 1."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSms:
    """A short message that a carrier brings, or one part of a long one.

    The octets stay undecoded until all parts are there: a surrogate pair or an escape may be cut
    between two parts by careless senders.
    """

    carrier: str
    sender: str
    recipient: str
    octets: bytes
    alphabet: Alphabet
    part: Part | None = None


class Report(Enum):
    """What a delivery receipt says."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNDERWAY = "underway"
    """An intermediate state (ENROUTE, ACCEPTED, UNKNOWN): nothing is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """A delivery receipt (DLR) for one segment.

    `id` is spelled as the carrier spelled it.  `sender` and `recipient` are those of the message
    that was sent, not of the receipt.  `done_at` is absent when the receipt does not say.
    """

    carrier: str
    id: str
    report: Report
    sender: str
    recipient: str
    delivery_error: str | None = None
    done_at: datetime | None = None


Traffic = InboundSms | DeliveryReport
