"""One connection to an SMSC: octets in and out, whose turn it is, when to hang up.

Writes of one turn of the event loop leave together: answers first, then as many `submit_sm` as
window, pace and guard allow, asked at that very moment.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from msgspec import Struct

from postroom.observability import logs
from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.deliveries import Deliveries
from postroom.transports.smpp.fields import ANSWER, Command
from postroom.transports.smpp.link import Action, Link
from postroom.transports.smpp.pdu import Bind, Pdu, Unframed, frame
from postroom.transports.smpp.settings import SmppSettings
from postroom.transports.smpp.status import Status, spell
from postroom.transports.smpp.window import Answer, Window

LAST_SEQUENCE: Final = 0x7FFF_FFFF
SHORTEST_WAIT: Final = 0.002
MOST_UNREAD: Final = 4_000_000
"""Octets that may wait for an SMSC that asks and does not read."""
GOODBYE: Final = 1.0
"""Seconds that the last octets may take to leave."""

log = logs.get("transports.smpp")


class BindRefused(Exception):
    """The SMSC answered the bind negatively; the message names its `command_status`."""


class Session(asyncio.Protocol):
    """A session, from connecting to the end; `closed` tells why it ended."""

    def __init__(self, settings: SmppSettings, window: Window, deliveries: Deliveries) -> None:
        self._settings = settings
        self._deliveries = deliveries
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._flushing = False
        self._paused = False
        self._sequence = 0
        self._asked: dict[int, asyncio.Future[Pdu]] = {}
        self._link = self._fresh_link()
        self._ticker: asyncio.TimerHandle | None = None
        self._pacer: asyncio.TimerHandle | None = None
        self._departure: asyncio.Task[None] | None = None
        self._reason = ""
        self.window = window
        self.closed: asyncio.Future[str] = self._loop.create_future()

    async def bind(self, command: Command) -> None:
        """Bind; raises `BindRefused`, or `ConnectionError` when the connection ends first."""
        settings = self._settings
        body = Bind(
            system_id=settings.system_id,
            password=settings.password,
            system_type=settings.system_type,
        )
        answer = await self._ask(command, body)
        if answer.status != Status.ROK or answer.command != command | ANSWER:
            raise BindRefused(spell(answer.status))

    def submit(self, body: bytes) -> asyncio.Future[Answer]:
        """Put a segment in line."""
        answer = self.window.submit(body)
        self._flush_soon()
        return answer

    async def leave(self) -> None:
        """Let open requests end for `leave_timeout` at most, then unbind and close."""
        self.window.close("the link is being taken down")
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.leave_timeout):
                    await self.window.drained()
                    await self._deliveries.drained()
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(GOODBYE):
                    await self._ask(Command.UNBIND)
        finally:
            self.hang_up("unbound")
        await asyncio.shield(self.closed)

    def hang_up(self, reason: str) -> None:
        """End the connection once the last octets have left, or after a moment in any case."""
        if self._transport and not self._transport.is_closing():
            self._reason = self._reason or reason
            self.window.close(reason)
            self._flush()
            self._transport.close()
            self._loop.call_later(GOODBYE, self._transport.abort)

    def write(self, octets: bytes) -> None:
        """Send a whole PDU at the end of this turn; nothing, when the connection is gone."""
        self._out.append(octets)
        self._flush_soon()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)
        # Not 0: uvloop's TLS would then pause for good.
        self._transport.set_write_buffer_limits(high=1, low=0)
        self._link = self._fresh_link()
        self._tick()

    def data_received(self, data: bytes) -> None:
        """Octets came: any number of PDUs, the last perhaps cut."""
        self._buffer += data
        try:
            for pdu in codec.frames(self._buffer):
                self._link = self._link.heard(self._loop.time())
                _HANDLERS.get(pdu.command, Session._on_other)(self, pdu)
        except Unframed as problem:
            self.write(frame(Command.GENERIC_NACK, 0, status=Status.RINVCMDLEN))
            self.hang_up(str(problem))
            self._buffer.clear()

    def pause_writing(self) -> None:
        """The SMSC reads slowly: no more submissions."""
        self._paused = True

    def resume_writing(self) -> None:
        """Everything has left."""
        self._paused = False
        self._flush_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: nobody waits for an answer any longer."""
        reason = self._reason or (str(exc) if exc else "the SMSC closed the connection")
        for timer in (self._ticker, self._pacer):
            if timer:
                timer.cancel()
        self._transport = None
        self.window.lose(reason)
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(ConnectionError(reason))
        if not self.closed.done():
            self.closed.set_result(reason)

    async def _ask(self, command: Command, body: Struct | None = None) -> Pdu:
        """Send a request of the session itself and wait for its answer."""
        if self._transport is None:
            raise ConnectionError(self._reason or "not connected")
        number = self._next_sequence()
        answer: asyncio.Future[Pdu] = self._loop.create_future()
        self._asked[number] = answer
        self.write(frame(command, number, codec.encode(command, body) if body else b""))
        try:
            return await answer
        finally:
            del self._asked[number]

    def _fresh_link(self) -> Link:
        settings = self._settings
        times = (settings.response_timeout, settings.enquire_after, settings.enquire_timeout)
        return Link(
            heard_at=self._loop.time(),
            quiet=settings.enquire_after,
            patience=settings.enquire_timeout,
            often=min(1.0, *(time / 4.0 for time in times)),
        )

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        return self._sequence

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._transport is None or self._transport.is_closing():
            self._out.clear()
            return
        now = self._loop.time()
        out, self._out = self._out, []
        if not self._paused:
            out += self.window.take(now, self._next_sequence)
            self._come_back(now)
        if out:
            self._transport.write(b"".join(out))

    def _come_back(self, now: float) -> None:
        """Where only the pace holds submissions up, look again when it allows one."""
        wait = self.window.wait(now)
        if self._pacer:
            self._pacer.cancel()
        self._pacer = None
        if wait is not None:
            self._pacer = self._loop.call_later(max(wait, SHORTEST_WAIT), self._flush)

    def _tick(self) -> None:
        self._ticker = self._loop.call_later(self._link.often, self._tick)
        now = self._loop.time()
        self._link, action = self._link.tick(now)
        if action is not Action.READ_FIRST:
            self._expire(now)
        _ACTIONS[action](self)
        if self._transport and self._transport.get_write_buffer_size() > MOST_UNREAD:
            self._abort("the SMSC does not read")

    def _expire(self, now: float) -> None:
        if late := self.window.expire(now - self._settings.response_timeout):
            log.warning("submissions without an answer", carrier=self._settings.name, count=late)

    def _wait(self) -> None:
        """Nothing to do."""

    def _enquire(self) -> None:
        self.write(frame(Command.ENQUIRE_LINK, self._next_sequence()))

    def _give_up(self) -> None:
        self._abort("enquire_link was not answered")

    def _abort(self, reason: str) -> None:
        self._reason = self._reason or reason
        if self._transport:
            self._transport.abort()

    def _on_submit_answer(self, pdu: Pdu) -> None:
        self.window.answered(pdu, self._loop.time())
        self._flush_soon()

    def _on_answer(self, pdu: Pdu) -> None:
        answer = self._asked.get(pdu.sequence)
        if answer and not answer.done():
            answer.set_result(pdu)

    def _on_nack(self, pdu: Pdu) -> None:
        self._on_answer(pdu)
        self._on_submit_answer(pdu)

    def _on_delivery(self, pdu: Pdu) -> None:
        self._deliveries.take(pdu, self.write)

    def _on_enquire(self, pdu: Pdu) -> None:
        self.write(frame(Command.ENQUIRE_LINK_RESP, pdu.sequence))

    def _on_unbind(self, pdu: Pdu) -> None:
        self.window.close("the SMSC unbinds")
        self._departure = self._departure or self._loop.create_task(self._depart(pdu))

    async def _depart(self, pdu: Pdu) -> None:
        """Leave as the SMSC wishes, after the answers that it still owes us."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.leave_timeout):
                await self.window.drained()
        self.write(frame(Command.UNBIND_RESP, pdu.sequence))
        self.hang_up("the SMSC unbound")

    def _on_other(self, pdu: Pdu) -> None:
        if not pdu.is_answer:
            self.write(frame(Command.GENERIC_NACK, pdu.sequence, status=Status.RINVCMDID))

    def _ignore(self, pdu: Pdu) -> None:
        """Notices that need no answer."""


_ACTIONS: Final[dict[Action, Callable[[Session], None]]] = {
    Action.WAIT: Session._wait,
    Action.ENQUIRE: Session._enquire,
    Action.HANG_UP: Session._give_up,
    Action.READ_FIRST: Session._wait,
}

_HANDLERS: Final[dict[int, Callable[[Session, Pdu], None]]] = {
    Command.SUBMIT_SM_RESP: Session._on_submit_answer,
    Command.DELIVER_SM: Session._on_delivery,
    Command.DATA_SM: Session._on_delivery,
    Command.ENQUIRE_LINK: Session._on_enquire,
    Command.ENQUIRE_LINK_RESP: Session._ignore,
    Command.UNBIND: Session._on_unbind,
    Command.UNBIND_RESP: Session._on_answer,
    Command.BIND_TRANSCEIVER_RESP: Session._on_answer,
    Command.BIND_TRANSMITTER_RESP: Session._on_answer,
    Command.BIND_RECEIVER_RESP: Session._on_answer,
    Command.GENERIC_NACK: Session._on_nack,
    Command.OUTBIND: Session._ignore,
    Command.ALERT_NOTIFICATION: Session._ignore,
}
