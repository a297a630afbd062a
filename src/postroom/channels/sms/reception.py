"""Who receives SMS, and the copy that is received: the same from a carrier and from inside.

Source: guide 002; wire.md 5.2.
"""

from collections.abc import Iterable
from itertools import groupby

import msgspec

from postroom.model import segments
from postroom.model.company import Company
from postroom.model.conversations import conversation_of
from postroom.model.extension import Extension, ExtensionType
from postroom.model.ids import MessageId
from postroom.model.message import Direction, Message, MessageStatus, MessageType, Party
from postroom.model.traffic import Alphabet

SECOND = 1000

RECEIVERS = frozenset({ExtensionType.USER, ExtensionType.VOICEMAIL})
"""The types that receive SMS; a department does so only where its account wants it."""

Piece = tuple[int, bytes, Alphabet]
"""A part of a long SMS: its number, its octets, and how to read them."""


def takes_sms(company: Company, extension: Extension) -> bool:
    """Whether an SMS to one of its numbers is put into its mailbox."""
    return extension.is_active and may_take_sms(company, extension)


def may_take_sms(company: Company, extension: Extension) -> bool:
    """Whether an extension of this type receives SMS in this account."""
    wanted = extension.is_department and company.settings.department_takes_sms
    return wanted or extension.type in RECEIVERS


def inbound_copy(
    company: Company,
    owner: Extension,
    *,
    id: MessageId,
    sender: str,
    recipient: str,
    text: str,
    now_ms: int,
    parts: int | None = None,
) -> Message:
    """The recipient's copy of an SMS, whatever its length; both ends are MSISDNs.

    `parts` says in how many segments it came, where that is known.
    """
    return Message(
        account_id=company.account_id,
        extension_id=owner.id,
        id=id,
        type=MessageType.SMS,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=now_ms - now_ms % SECOND,
        modified_ms=now_ms,
        conversation_id=conversation_of(company.account_id, recipient, (sender,)),
        subject=text.replace("\0", segments.REPLACEMENT),
        sender=_party(sender, _name(company, sender)),
        recipients=f"[{_party(recipient, owner.name)}]",
        own=recipient,
        peer=sender,
        segments=parts or segments.count(text),
    )


def joined(pieces: Iterable[Piece]) -> str:
    """The text of a long SMS, as far as its parts came, in the order of their numbers.

    What is cut between two neighbours (a surrogate pair, an escape) is made whole again; behind a
    missing part reading begins anew.
    """
    runs = groupby(enumerate(sorted(pieces)), lambda p: (p[1][0] - p[0], p[1][2]))
    return "".join(
        segments.decode(b"".join(piece[1] for _, piece in run), alphabet)
        for (_, alphabet), run in runs
    )


def _name(company: Company, msisdn: str) -> str | None:
    number = company.numbers.get(msisdn)
    owner = company.extensions.get(number.owner) if number else None
    return owner.name if owner else None


def _party(msisdn: str, name: str | None) -> str:
    return msgspec.json.encode(Party(phone_number=msisdn, name=name)).decode()
