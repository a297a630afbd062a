"""The one door for everything that a carrier brings: it is durable when `receive` returns.

What goes into no mailbox is accepted all the same, counted and written into the journal; that
there is nobody to take it is made sure of in the database first.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from postroom.channels.sms import receive as sms
from postroom.channels.sms.receive import Arrival, Dropped
from postroom.channels.sms.reception import joined
from postroom.directory.companies import Companies
from postroom.mailbox import filing, refusals
from postroom.model import segments
from postroom.model.company import Company
from postroom.model.errors import AlreadyFiled, NotFound, Outdated, Unavailable
from postroom.model.filing import Filing
from postroom.model.ids import AccountId
from postroom.model.traffic import DeliveryReport, InboundSms, Traffic
from postroom.observability import journal
from postroom.store import parts
from postroom.store.database import Store
from postroom.store.leases import LeaseLost
from postroom.store.parts import Clash, PartSet
from postroom.transports import TemporaryFailure

ATTEMPTS = 4
"""A filing is made again three times, when the company changes under it."""

Clock = Callable[[], int]
Reported = Callable[[DeliveryReport], Awaitable[None]]


@dataclass(slots=True)
class Border:
    """Takes traffic; `reported` files receipts."""

    store: Store
    companies: Companies
    ids: Iterator[int]
    clock: Clock
    reported: Reported

    async def receive(self, traffic: Traffic) -> None:
        """Take what a carrier brings.  Raises `TemporaryFailure` when it must come again."""
        try:
            match traffic:
                case InboundSms():
                    await self._sms(traffic)
                case DeliveryReport():
                    await self.reported(traffic)
        except (Unavailable, LeaseLost, Clash, Outdated) as error:
            raise TemporaryFailure(str(error)) from error

    async def join(self, of: PartSet, *, anyway: bool) -> bool:
        """File a long SMS once all its parts are there, or `anyway` as far as they came.

        Whether there was something to file.  Of several that try it at once, exactly one does.
        """
        found = parts.free(await self.store.look(parts.FREE, **of._asdict()))
        if not found or (len(found) < of.total and not anyway):
            return False
        arrival = Arrival(
            sender=of.sender,
            recipient=of.recipient,
            text=joined(found),
            parts=tuple(of.key(part.number) for part in found),
        )
        await self._arrive(of.account_id, arrival, of.carrier)
        return True

    async def _sms(self, came: InboundSms) -> None:
        account_id = await self.companies.account_of(came.recipient)
        if account_id is None:
            _drop(Dropped.NOT_OURS, came.sender, came.recipient, came.carrier)
        elif came.part is None:
            text = segments.decode(came.octets, came.alphabet)
            arrival = Arrival(sender=came.sender, recipient=came.recipient, text=text)
            await self._arrive(account_id, arrival, came.carrier)
        else:
            await self._part(account_id, came)

    async def _part(self, account_id: AccountId, came: InboundSms) -> None:
        """Keep a part; when the last one came, file the message."""
        company, dropped = await self._judge(account_id, came.recipient)
        if dropped:
            if came.part and came.part.number == 1:
                await self._refuse(company, dropped, came.sender, came.recipient, came.carrier)
            return
        now = self.clock()
        await self.store.transact(lambda: parts.put(account_id, came, now), account_id)
        try:
            await self.join(parts.set_of(account_id, came), anyway=False)
        except (Unavailable, Outdated):
            # The part is kept; `workers.reassembly` files what is complete.
            return

    async def _judge(self, account_id: AccountId, recipient: str) -> tuple[Company, Dropped | None]:
        """Why it goes nowhere, if so; then the company is as the database has it now."""
        company = await self.companies.get(account_id)
        if sms.judge(company, recipient):
            company = await self.companies.current(account_id)
        return company, sms.judge(company, recipient)

    async def _arrive(self, account_id: AccountId, arrival: Arrival, carrier: str) -> None:
        """File it, made again when the company changed meanwhile.  Raises `Outdated` at last."""
        for _ in range(ATTEMPTS):
            try:
                company, dropped = await self._judge(account_id, arrival.recipient)
            except NotFound:
                return _drop(Dropped.NOT_OURS, arrival.sender, arrival.recipient, carrier)
            made = sms.receive(company, arrival, self.ids, self.clock())
            if isinstance(made, Dropped):
                made = sms.used_up(company, arrival.parts)
            try:
                await self._file(made)
            except AlreadyFiled:
                return None
            except Outdated:
                await self.companies.refresh(account_id)
                continue
            if dropped:
                return await self._refuse(
                    company, dropped, arrival.sender, arrival.recipient, carrier
                )
            return _tell(made, carrier)
        raise Outdated

    async def _file(self, made: Filing) -> None:
        if made.messages or made.parts:
            await filing.file(self.store, made)

    async def _refuse(
        self, company: Company, dropped: Dropped, sender: str, recipient: str, carrier: str
    ) -> None:
        _drop(dropped, sender, recipient, carrier)
        if dropped is Dropped.DEPARTMENT:
            owner = company.numbers[recipient].owner
            await refusals.refused(
                self.store, company.account_id, owner, recipient, sender, self.clock()
            )


def _drop(dropped: Dropped, sender: str, recipient: str, carrier: str) -> None:
    journal.dropped(dropped.value, sender=sender, recipient=recipient, carrier=carrier)


def _tell(made: Filing, carrier: str) -> None:
    [message] = made.messages
    journal.received(
        account_id=message.account_id,
        extension_id=message.extension_id,
        message_id=message.id,
        sender=message.peer or "",
        recipient=message.own or "",
        carrier=carrier,
        segments=message.segments or 1,
    )
