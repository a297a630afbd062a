"""Sending a page: one copy per mailbox, all in one filing."""

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from postroom.channels.pager import rules
from postroom.model.company import Company
from postroom.model.drafts import PageDraft
from postroom.model.extension import Extension
from postroom.model.filing import Filing, Thread
from postroom.model.ids import ConversationId, ExtensionId, MessageId
from postroom.model.message import Direction, Message, MessageStatus, MessageType, Party

SECOND = 1000
PAGER = MessageType.PAGER
OUTBOUND, INBOUND = Direction.OUTBOUND, Direction.INBOUND
SENT, RECEIVED = MessageStatus.SENT, MessageStatus.RECEIVED


def send(
    company: Company,
    sender: Extension,
    draft: PageDraft,
    thread: Thread | None,
    ids: Iterator[int],
    now_ms: int,
) -> Filing:
    """The filing of one page; the sender's copy stands first.

    `thread` is the conversation that `draft.reply_on` belongs to, as it is now; a first message
    begins one, whose id is its own.  Source: guide 000, guide 001.
    """
    rules.check(company, sender, draft)
    if thread is not None:
        rules.check_reply(company, sender, thread)
    named = rules.recipients(company, draft.recipients)
    explicit, departments = rules.joined(company, sender, named, thread)
    if thread is not None:
        others = rules.participants(company, thread, sender)
        named = tuple({extension.id: extension for extension in (*others, *named)}.values())
    audience = rules.audience(company, sender, named)
    first = MessageId(next(ids))
    conversation = ConversationId(first) if thread is None else thread.id
    stamp = _stamp(sender, audience, draft, conversation, now_ms)
    return Filing(
        account_id=company.account_id,
        version=company.version,
        session_version=company.session_version,
        messages=(
            _copy(stamp, sender, first, OUTBOUND, SENT),
            *[
                _copy(stamp, extension, MessageId(next(ids)), INBOUND, RECEIVED)
                for extension in audience.reached
            ],
        ),
        thread=Thread(id=conversation, explicit=explicit, departments=departments),
    )


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What all copies of a page have in common."""

    sender: str
    recipients: str
    text: str
    conversation: ConversationId
    to_department: bool
    created_ms: int
    now_ms: int


def _stamp(
    sender: Extension,
    audience: rules.Audience,
    draft: PageDraft,
    conversation: ConversationId,
    now_ms: int,
) -> Stamp:
    shown = {extension.id: extension for extension in (sender, *audience.named)}
    parties = [_party(one.number, one.id, one.name) for one in shown.values()]
    return Stamp(
        sender=parties[0],
        recipients=f"[{','.join(parties)}]",
        text=draft.text,
        conversation=conversation,
        to_department=audience.to_department,
        created_ms=now_ms - now_ms % SECOND,
        now_ms=now_ms,
    )


def _copy(
    stamp: Stamp, owner: Extension, id: MessageId, direction: Direction, status: MessageStatus
) -> Message:
    return Message(
        account_id=owner.account_id,
        extension_id=owner.id,
        id=id,
        type=PAGER,
        direction=direction,
        status=status,
        created_ms=stamp.created_ms,
        modified_ms=stamp.now_ms,
        conversation_id=stamp.conversation,
        subject=stamp.text,
        sender=stamp.sender,
        recipients=stamp.recipients,
        to_department=stamp.to_department,
    )


@lru_cache(maxsize=8192)
def _party(number: str, id: ExtensionId, name: str) -> str:
    party = Party(extension_number=number, extension_id=str(id), name=name)
    return msgspec.json.encode(party).decode()
