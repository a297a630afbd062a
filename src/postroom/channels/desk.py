"""Where use cases are run: fetch what they must know, call them, file what they return.

A use case is a pure function of the company, the facts, fresh ids and the time; the desk gives it
those and hands its filing to the mailbox.  When the company turns out to be outdated, `Outdated`
passes through, and whoever asked begins again with a fresh one.
"""

from collections.abc import Awaitable, Callable, Iterator

import msgspec

from postroom.channels.pager import send as pager
from postroom.channels.sms import send as sms
from postroom.channels.sms.receive import Dropped, judge
from postroom.mailbox import filing as mailbox
from postroom.mailbox import refusals, threads
from postroom.model.access import Caller
from postroom.model.company import Company
from postroom.model.drafts import PageDraft, SmsDraft
from postroom.model.filing import Filing, IdempotencyKey
from postroom.model.message import Message
from postroom.observability import journal
from postroom.store.database import Store

Clock = Callable[[], int]
Answer = Callable[[Message], bytes]


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A client's idempotency key; `answer` spells what it will be told again."""

    digest: bytes
    body: bytes
    answer: Answer


class Desk:
    """Runs use cases for whoever is logged in."""

    def __init__(self, store: Store, ids: Iterator[int], clock: Clock) -> None:
        self.store, self.ids, self.clock = store, ids, clock
        self._aims = pager.Aims()

    async def send_sms(
        self, caller: Caller, draft: SmsDraft, promise: Promise | None = None
    ) -> Message:
        """Send an SMS; the sender's copy, once it is durable."""
        company = caller.company
        made = sms.send(company, caller.extension, draft, self.ids, self.clock())
        await self._file(made, promise)
        copy = made.messages[0]
        if not made.dispatches and len(made.messages) == 1:
            await self._dropped(company, copy)
        return copy

    async def send_page(
        self, caller: Caller, draft: PageDraft, promise: Promise | None = None
    ) -> Message:
        """Send a pager message; the sender's copy, once it is durable."""
        company, sender = caller.company, caller.extension
        thread = None
        if draft.reply_on is not None:
            thread = await threads.thread(self.store, company, sender.id, draft.reply_on)
        made = pager.send(company, sender, draft, thread, self.ids, self.clock(), self._aims)
        await self._file(made, promise)
        return made.messages[0]

    def _file(self, made: Filing, promise: Promise | None) -> Awaitable[object]:
        """File it; wait for what is returned."""
        if promise is not None:
            answer = promise.answer(made.messages[0])
            key = IdempotencyKey(digest=promise.digest, body=promise.body, answer=answer)
            made = msgspec.structs.replace(made, key=key)
        return mailbox.file(self.store, made)

    async def _dropped(self, company: Company, copy: Message) -> None:
        """Count, and tell in the journal, an SMS inside of the company that goes nowhere."""
        sender, recipient = copy.own or "", copy.peer or ""
        dropped = judge(company, recipient)
        if dropped is None:
            return
        journal.dropped(dropped.value, message_id=copy.id, sender=sender, recipient=recipient)
        if dropped is Dropped.DEPARTMENT:
            owner = company.numbers[recipient].owner
            now = self.clock()
            await refusals.refused(self.store, company.account_id, owner, recipient, sender, now)
