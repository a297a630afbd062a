"""A link to a message centre, held for as long as a test lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from postroom.model.traffic import DeliveryReport, InboundSms, Submission, Submitted, Traffic
from postroom.transports.smpp import SmppSettings, SmppTransport
from tests.smsc import Smsc
from tests.smsc_habits import PATIENCE
from tests.transports.smpp_pdus import SETTINGS

QUICK = replace(
    SETTINGS,
    rate=100_000.0,
    retry_first=0.001,
    retry_longest=0.01,
    throttle_pause=0.001,
    leave_timeout=2.0,
)


class Inbox:
    """Takes what a carrier brings; `judge` may refuse it, `gate` holds it up."""

    def __init__(self) -> None:
        self.traffic: list[Traffic] = []
        self.arrived = 0
        self.judge: Callable[[Traffic], Exception | None] = lambda _: None
        self.gate = asyncio.Event()
        self.gate.set()

    async def receive(self, traffic: Traffic) -> None:
        self.arrived += 1
        await self.gate.wait()
        if problem := self.judge(traffic):
            raise problem
        self.traffic.append(traffic)

    @property
    def messages(self) -> list[InboundSms]:
        return [traffic for traffic in self.traffic if isinstance(traffic, InboundSms)]

    @property
    def reports(self) -> list[DeliveryReport]:
        return [traffic for traffic in self.traffic if isinstance(traffic, DeliveryReport)]


class Carrier(SmppTransport):
    """A transport that is running, with its inbox."""

    def __init__(self, settings: SmppSettings, inbox: Inbox) -> None:
        super().__init__(settings)
        self.inbox = inbox
        self.task = asyncio.create_task(self.run(inbox.receive))

    async def submit(self, submission: Submission) -> Submitted:
        async with asyncio.timeout(PATIENCE):
            return await super().submit(submission)

    async def stop(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task

    def submit_all(self, *submissions: Submission) -> list[asyncio.Task[Submitted]]:
        return [asyncio.create_task(self.submit(submission)) for submission in submissions]


@asynccontextmanager
async def linked(
    smsc: Smsc, settings: SmppSettings = QUICK, *, bound: bool = True
) -> AsyncIterator[Carrier]:
    """Hold a link to `smsc`, from being fully bound until the end of the test."""
    carrier = Carrier(replace(settings, port=smsc.port), Inbox())
    try:
        if bound:
            await smsc.until(carrier.fully_bound)
        yield carrier
    finally:
        await carrier.stop()
