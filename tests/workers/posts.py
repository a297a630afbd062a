"""Outboxes that run, with transports of the test's choice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from inspect import isawaitable

from postroom.mailbox.verdicts import Terms
from postroom.model.message import MessageStatus
from postroom.model.traffic import DeliveryReport, Traffic
from postroom.store.database import Store
from postroom.transports.smpp import SmppSettings, SmppTransport
from postroom.workers.outbox import Carriage, Outbox, real_ms
from postroom.workers.tenure import Pulse, Tenure
from tests.mailbox.carrying import now
from tests.smsc import Smsc

PATIENCE = 20.0
QUICK = Pulse(life=2.0, beat=0.3, look=0.05, step=0.02)
LINK = SmppSettings(
    name="acme",
    host="127.0.0.1",
    port=2775,
    system_id="postroom",
    password="secret",
    rate=100_000.0,
    retry_first=0.001,
    retry_longest=0.01,
    throttle_pause=0.001,
    throttle_retries=1,
    leave_timeout=2.0,
)


def smpp(
    smsc: Smsc,
    name: str = "acme",
    prefixes: tuple[str, ...] = ("+",),
    *,
    window: int = 100,
    resend: bool = False,
) -> Carriage:
    """A carrier with an SMPP link to a message centre."""
    tenure = Tenure()
    settings = replace(LINK, name=name, port=smsc.port, window=window, guard=tenure)
    return Carriage(
        transport=SmppTransport(settings),
        prefixes=prefixes,
        window=window,
        terms=Terms(carrier=name, resend=resend),
        tenure=tenure,
    )


@asynccontextmanager
async def posting(
    store: Store, *carriages: Carriage, pulse: Pulse = QUICK
) -> AsyncIterator[Outbox]:
    """An outbox that runs; it is stopped in order at the end."""
    outbox = Outbox(store, carriages, real_ms, pulse=pulse)
    for link in outbox.links.values():
        link.ledger.chance = lambda: 0.99

    async def receive(traffic: Traffic) -> None:
        if isinstance(traffic, DeliveryReport):
            await outbox.reported(traffic)

    running = asyncio.create_task(outbox.run(receive))
    try:
        yield outbox
    finally:
        await stop(running)


async def stop(running: "asyncio.Task[None]") -> None:
    """Stop a worker and wait until it has."""
    running.cancel()
    await asyncio.wait((running,))
    if not running.cancelled() and (error := running.exception()):
        raise error


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = holds()
            if await answer if isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.005)


async def becomes(store: Store, id: int, status: MessageStatus) -> None:
    """Wait until a message has a status."""

    async def has() -> bool:
        return (await now(store, id)).status is status

    await until(has)
