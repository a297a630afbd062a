"""Receiving an SMS from a carrier: the number's owner gets it, or nobody does."""

from collections.abc import Iterator
from enum import Enum

import msgspec

from postroom.channels.sms.reception import inbound_copy, may_take_sms
from postroom.model.company import Company
from postroom.model.filing import Filing, PartKey
from postroom.model.ids import MessageId


class Dropped(Enum):
    """Why an SMS is accepted and put into no mailbox."""

    NOT_OURS = "not our number"
    INACTIVE = "recipient is disabled or frozen"
    DEPARTMENT = "departments take no SMS"


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS that came, whole or as far as its `parts` came; both ends are MSISDNs."""

    sender: str
    recipient: str
    text: str
    parts: tuple[PartKey, ...] = ()


def judge(company: Company, recipient: str) -> Dropped | None:
    """Why an SMS to a number goes into no mailbox; `None` when it goes into its owner's."""
    number = company.numbers.get(recipient)
    owner = company.extensions.get(number.owner) if number else None
    if owner is None:
        return Dropped.NOT_OURS
    if not owner.is_active:
        return Dropped.INACTIVE
    return None if may_take_sms(company, owner) else Dropped.DEPARTMENT


def receive(
    company: Company, arrival: Arrival, ids: Iterator[int], now_ms: int
) -> Filing | Dropped:
    """The filing of the copy of the number's owner, or why there is none.

    Source: guide 002; wire.md 5.1, 5.2.
    """
    if dropped := judge(company, arrival.recipient):
        return dropped
    owner = company.extensions[company.numbers[arrival.recipient].owner]
    copy = inbound_copy(
        company,
        owner,
        id=MessageId(next(ids)),
        sender=arrival.sender,
        recipient=arrival.recipient,
        text=arrival.text,
        now_ms=now_ms,
        parts=len(arrival.parts) or None,
    )
    return Filing(
        account_id=company.account_id,
        version=company.version,
        messages=(copy,),
        parts=arrival.parts,
    )


def used_up(company: Company, parts: tuple[PartKey, ...]) -> Filing:
    """The filing that uses the parts of a long SMS for nothing: it goes into no mailbox."""
    return Filing(account_id=company.account_id, version=company.version, parts=parts)
