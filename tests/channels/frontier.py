"""The demo company behind a border, for tests of what carriers bring."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from postroom.channels.border import Border
from postroom.directory import demo
from postroom.directory.companies import Companies
from postroom.model import segments
from postroom.model.company import Company
from postroom.model.ids import AccountId
from postroom.model.traffic import Alphabet, DeliveryReport, InboundSms, Part
from postroom.store.database import Store
from postroom.store.statements import Statement
from postroom.store.tables import inbound_part, message
from postroom.workers.reassembly import Reassembly

ADA, BEN, DANA, ELI, SUPPORT = (f"+165055501{n:02}" for n in (1, 2, 5, 6, 20))
OUTSIDE = "+14155550123"
MESSAGES = Statement(select(message.c.extension_id, message.c.subject).order_by(message.c.id))
PARTS = Statement(select(inbound_part.c.number, inbound_part.c.used))
_serial: Iterator[int] = itertools.count(1_000_000)


class Clock:
    """Time that stands still until it is moved; Unix ms."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True, kw_only=True)
class Frontier:
    """A border with its company, and what it passed on."""

    store: Store
    border: Border
    companies: Companies
    clock: Clock
    reports: list[DeliveryReport]
    account_id: AccountId

    async def company(self) -> Company:
        return await self.companies.current(self.account_id)

    async def bring(self, *traffic: InboundSms | DeliveryReport) -> None:
        for one in traffic:
            await self.border.receive(one)

    async def received(self) -> list[tuple[str, str]]:
        """The number of the extension, and the text, of every message."""
        company = await self.company()
        rows = await self.store.fetch(MESSAGES)
        return [(company.extensions[owner].number, text) for owner, text in rows]

    def reassembly(self, timeout_ms: int = 300_000) -> Reassembly:
        return Reassembly(self.border, self.clock, timeout_ms)


async def frontier(store: Store, *, seed: bool = True) -> Frontier:
    """A border on a store; of several nodes one has the company seeded."""
    clock, companies = Clock(), Companies(store)
    reports: list[DeliveryReport] = []

    async def reported(report: DeliveryReport) -> None:
        reports.append(report)

    if seed:
        await demo.seed(store, _serial, clock, "http://127.0.0.1:8088")
    account_id = await companies.account_of(ADA)
    assert account_id is not None
    return Frontier(
        store=store,
        border=Border(store, companies, _serial, clock, reported),
        companies=companies,
        clock=clock,
        reports=reports,
        account_id=account_id,
    )


def sms(text: str, to: str = BEN, sender: str = OUTSIDE) -> InboundSms:
    """A short message from outside."""
    cut = segments.cut(text, 0)
    assert len(cut.octets) == 1
    return _sms(cut.octets[0], cut.alphabet, to, sender, None)


def parts(text: str, reference: int = 7, to: str = BEN, sender: str = OUTSIDE) -> list[InboundSms]:
    """A long message from outside, in its parts."""
    cut = segments.cut(text, reference)
    total = len(cut.octets)
    return [
        _sms(octets, cut.alphabet, to, sender, Part(reference=reference, total=total, number=n))
        for n, octets in enumerate(cut.octets, 1)
    ]


def _sms(octets: bytes, alphabet: Alphabet, to: str, sender: str, part: Part | None) -> InboundSms:
    return InboundSms(
        carrier="acme", sender=sender, recipient=to, octets=octets, alphabet=alphabet, part=part
    )
