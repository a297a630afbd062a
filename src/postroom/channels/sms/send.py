"""Sending an SMS: the sender's copy, and either a way out or the neighbour's copy.

The same for a user and for a department: whoever is logged in sends from its own numbers.
"""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from postroom.channels.sms import rules
from postroom.channels.sms.reception import inbound_copy, takes_sms
from postroom.model.company import Company
from postroom.model.conversations import conversation_of
from postroom.model.drafts import SmsDraft
from postroom.model.extension import Extension
from postroom.model.filing import Dispatch, Filing
from postroom.model.ids import MessageId
from postroom.model.message import Direction, Message, MessageStatus, MessageType, Party
from postroom.model.segments import count

SECOND = 1000
SMS, OUTBOUND = MessageType.SMS, Direction.OUTBOUND
QUEUED, SENT = MessageStatus.QUEUED, MessageStatus.SENT


def send(
    company: Company, sender: Extension, draft: SmsDraft, ids: Iterator[int], now_ms: int
) -> Filing:
    """The filing of one SMS; the sender's copy stands first.

    A number of the company itself is reached inside, without a carrier; whoever takes no SMS, or
    is disabled or frozen, gets nothing, and the sender is not told.  Source: guide 002.
    """
    letter = rules.check(company, sender, draft)
    inside = company.numbers.get(letter.peer)
    status = QUEUED if inside is None else SENT
    copy = _outbound(company, sender, letter, MessageId(next(ids)), now_ms, status)
    if inside is None:
        way_out = Dispatch(
            extension_id=sender.id,
            message_id=copy.id,
            sender=letter.own,
            recipient=letter.peer,
            text=letter.text,
        )
        return _filing(company, (copy,), now_ms, (way_out,))
    neighbour = company.extensions[inside.owner]
    if not takes_sms(company, neighbour):
        return _filing(company, (copy,), now_ms)
    arrived = inbound_copy(
        company,
        neighbour,
        id=MessageId(next(ids)),
        sender=letter.own,
        recipient=letter.peer,
        text=letter.text,
        now_ms=now_ms,
    )
    return _filing(company, (copy, arrived), now_ms)


def _filing(
    company: Company,
    messages: tuple[Message, ...],
    now_ms: int,
    dispatches: tuple[Dispatch, ...] = (),
) -> Filing:
    return Filing(
        account_id=company.account_id,
        version=company.version,
        session_version=company.session_version,
        messages=messages,
        dispatches=dispatches,
        due_ms=now_ms,
    )


def _outbound(
    company: Company,
    sender: Extension,
    letter: rules.Letter,
    id: MessageId,
    now_ms: int,
    status: MessageStatus,
) -> Message:
    return Message(
        account_id=company.account_id,
        extension_id=sender.id,
        id=id,
        type=SMS,
        direction=OUTBOUND,
        status=status,
        created_ms=now_ms - now_ms % SECOND,
        modified_ms=now_ms,
        conversation_id=conversation_of(company.account_id, letter.own, (letter.peer,)),
        subject=letter.text,
        sender=_party(letter.own, sender.name),
        recipients=f"[{_party(letter.peer)}]",
        own=letter.own,
        peer=letter.peer,
        segments=count(letter.text),
    )


@lru_cache(maxsize=8192)
def _party(msisdn: str, name: str | None = None) -> str:
    return msgspec.json.encode(Party(phone_number=msisdn, name=name)).decode()
