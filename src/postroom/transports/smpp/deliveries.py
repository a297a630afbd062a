"""What an SMSC brings: handed on side by side, answered only once it is durable.

Many are under way at once, so that they share a commit; answers leave in any order.  Where too
many wait, the SMSC is told to bring it again later.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from postroom.model.traffic import Traffic
from postroom.observability import logs
from postroom.transports import PermanentFailure, Receive, TemporaryFailure
from postroom.transports.smpp import inbound
from postroom.transports.smpp.counters import Counters
from postroom.transports.smpp.fields import ANSWER
from postroom.transports.smpp.pdu import Malformed, Pdu, frame, read_short_message
from postroom.transports.smpp.settings import SmppSettings
from postroom.transports.smpp.status import Status

WAITING_PER_RUNNING = 2
"""How many may wait for each that is under way at most."""

Write = Callable[[bytes], None]

log = logs.get("transports.smpp")


class Delivery(NamedTuple):
    """One request of the SMSC, and the way back."""

    pdu: Pdu
    traffic: Traffic
    write: Write


class Deliveries:
    """The inbound side of one carrier, over all its sessions."""

    def __init__(self, settings: SmppSettings, receive: Receive, counters: Counters) -> None:
        self._settings = settings
        self._receive = receive
        self._counters = counters
        self._waiting: deque[Delivery] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    def take(self, pdu: Pdu, write: Write) -> None:
        """Begin to handle a `deliver_sm` or `data_sm`; its answer goes to `write`."""
        try:
            traffic = inbound.traffic(read_short_message(pdu), self._settings)
        except Malformed as malformed:
            self._answer(pdu, write, malformed.status)
            return
        if traffic is None:
            self._counters.unreadable += 1
            log.warning("receipt names no message", carrier=self._settings.name)
            self._answer(pdu, write, Status.ROK)
        elif self._is_full():
            self._answer(pdu, write, Status.RX_T_APPN)
        else:
            self._start(Delivery(pdu, traffic, write))

    def close(self) -> None:
        """Turn away what comes from now on; what is under way goes on."""
        self._closed = True

    async def drained(self) -> None:
        """Until all that was taken has been answered."""
        while self._running:
            await asyncio.wait(self._running)

    def _is_full(self) -> bool:
        most = self._settings.deliveries * WAITING_PER_RUNNING
        return self._closed or len(self._waiting) >= most

    def _start(self, delivery: Delivery) -> None:
        if len(self._running) >= self._settings.deliveries:
            self._waiting.append(delivery)
            return
        task = asyncio.get_running_loop().create_task(self._work(delivery))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _work(self, delivery: Delivery) -> None:
        """Handle one, then whatever waits."""
        while True:
            status = await self._outcome(delivery.traffic)
            self._answer(delivery.pdu, delivery.write, status)
            if not self._waiting:
                return
            delivery = self._waiting.popleft()

    async def _outcome(self, traffic: Traffic) -> Status:
        try:
            await self._receive(traffic)
        except TemporaryFailure:
            return Status.RX_T_APPN
        except PermanentFailure:
            return Status.RX_P_APPN
        except Exception:
            # One message must not stop the rest; the SMSC keeps it and brings it again.
            log.exception("receive failed", carrier=self._settings.name)
            return Status.RX_T_APPN
        self._counters.delivered += 1
        return Status.ROK

    def _answer(self, pdu: Pdu, write: Write, status: Status) -> None:
        if status is not Status.ROK:
            self._counters.turned_away += 1
        write(frame(pdu.command | ANSWER, pdu.sequence, b"\0", status))
