"""Sending a page: one copy per mailbox, all in one filing."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from postroom.channels.pager import rules
from postroom.model.company import Company
from postroom.model.drafts import Address, PageDraft
from postroom.model.extension import Extension
from postroom.model.filing import Filing, Thread
from postroom.model.ids import ConversationId, ExtensionId, MessageId
from postroom.model.message import Direction, Message, MessageStatus, MessageType, Party

SECOND = 1000
KEPT = 2_000
"""How many aims are remembered."""
PAGER = MessageType.PAGER
OUTBOUND, INBOUND = Direction.OUTBOUND, Direction.INBOUND
SENT, RECEIVED = MessageStatus.SENT, MessageStatus.RECEIVED


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a page goes to: who takes part, who is shown, and whose mailboxes it reaches.

    `sender` and `recipients` are spelled as they are kept.
    """

    explicit: frozenset[ExtensionId]
    departments: frozenset[ExtensionId]
    sender: str
    recipients: str
    to_department: bool
    reached: tuple[Extension, ...]


def aim(
    company: Company,
    sender: Extension,
    addresses: tuple[Address, ...],
    thread: Thread | None = None,
) -> Aim:
    """Whom a page to these addresses goes to, in a conversation if it answers one.

    Raises what `rules.check_reply` and `rules.recipients` raise.
    """
    if thread is not None:
        rules.check_reply(company, sender, thread)
    named = rules.recipients(company, addresses)
    explicit, departments = rules.joined(company, sender, named, thread)
    if thread is not None:
        others = rules.participants(company, thread, sender)
        named = tuple({extension.id: extension for extension in (*others, *named)}.values())
    audience = rules.audience(company, sender, named)
    shown = {extension.id: extension for extension in (sender, *audience.named)}
    parties = [_party(one.number, one.id, one.name) for one in shown.values()]
    return Aim(
        explicit=explicit,
        departments=departments,
        sender=parties[0],
        recipients=f"[{','.join(parties)}]",
        to_department=audience.to_department,
        reached=audience.reached,
    )


class Aims:
    """`aim` for first messages, remembered: to the same people nothing is worked out again.

    It holds as long as the company is the very same value.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[ExtensionId, tuple[Address, ...]], tuple[Company, Aim]] = {}

    def __call__(self, company: Company, sender: Extension, addresses: tuple[Address, ...]) -> Aim:
        """Whom a first page to these addresses goes to.  Raises what `aim` raises."""
        known = self._kept.get((sender.id, addresses))
        if known is not None and known[0] is company:
            return known[1]
        made = aim(company, sender, addresses)
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[sender.id, addresses] = company, made
        return made


def send(
    company: Company,
    sender: Extension,
    draft: PageDraft,
    thread: Thread | None,
    ids: Iterator[int],
    now_ms: int,
    first_aim: Callable[[Company, Extension, tuple[Address, ...]], Aim] = aim,
) -> Filing:
    """The filing of one page; the sender's copy stands first.

    `thread` is the conversation that `draft.reply_on` belongs to, as it is now; a first message
    begins one, whose id is its own.  Source: guide 000, guide 001.
    """
    rules.check(company, sender, draft)
    if thread is None:
        to = first_aim(company, sender, draft.recipients)
    else:
        to = aim(company, sender, draft.recipients, thread)
    first = MessageId(next(ids))
    conversation = ConversationId(first) if thread is None else thread.id
    page = Page(
        aim=to,
        text=draft.text,
        conversation=conversation,
        created_ms=now_ms - now_ms % SECOND,
        now_ms=now_ms,
    )
    return Filing(
        account_id=company.account_id,
        version=company.version,
        session_version=company.session_version,
        messages=(
            _copy(page, sender, first, OUTBOUND, SENT),
            *[
                _copy(page, extension, MessageId(next(ids)), INBOUND, RECEIVED)
                for extension in to.reached
            ],
        ),
        thread=Thread(id=conversation, explicit=to.explicit, departments=to.departments),
    )


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What all copies of a page have in common."""

    aim: Aim
    text: str
    conversation: ConversationId
    created_ms: int
    now_ms: int


def _copy(
    page: Page, owner: Extension, id: MessageId, direction: Direction, status: MessageStatus
) -> Message:
    return Message(
        account_id=owner.account_id,
        extension_id=owner.id,
        id=id,
        type=PAGER,
        direction=direction,
        status=status,
        created_ms=page.created_ms,
        modified_ms=page.now_ms,
        conversation_id=page.conversation,
        subject=page.text,
        sender=page.aim.sender,
        recipients=page.aim.recipients,
        to_department=page.aim.to_department,
    )


@lru_cache(maxsize=8192)
def _party(number: str, id: ExtensionId, name: str) -> str:
    party = Party(extension_number=number, extension_id=str(id), name=name)
    return msgspec.json.encode(party).decode()
