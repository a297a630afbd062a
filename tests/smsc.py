"""A message centre that does as it is told: the other side of our SMPP sessions, in tests.

Its habits are attributes, to be changed at any time; what it has seen are lists.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self, cast

from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import ANSWER, Command, EsmClass
from postroom.transports.smpp.pdu import Bind, Pdu, ShortMessage, frame, frames
from postroom.transports.smpp.status import Status

BINDS = (Command.BIND_TRANSCEIVER, Command.BIND_TRANSMITTER, Command.BIND_RECEIVER)
PATIENCE = 20.0
"""Seconds after which a test that waits has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """One `submit_sm` that came, with the answer that was meant for it."""

    message: ShortMessage
    sequence: int
    status: int
    id: str
    at: float


@dataclass(slots=True, kw_only=True)
class Habits:
    """How the message centre behaves."""

    password: str = "secret"
    binding: bool = True
    """Whether binds are answered at all."""
    bind_status: int = Status.ROK
    judge: Callable[[ShortMessage], int] = lambda _: Status.ROK
    """The `command_status` for each submission."""
    name: Callable[[int], str] = str
    """The id for the n-th submission, from 1."""
    spell: Callable[[str], str] = str
    """How receipts spell an id."""
    receipts: str = "none"
    """When a receipt DELIVRD follows by itself: none, before (the answer), after, both."""
    silent: bool = False
    """Answers nothing at all but binds."""
    answers_enquiries: bool = True
    holding: bool = False
    """Keeps the answers to submissions until `release`."""
    drop_after: int | None = None
    """Drops the connection, without an answer, once so many more submissions have come."""
    dribbling: bool = False
    """Writes one octet at a time."""


@dataclass(slots=True)
class Smsc(Habits):
    """The message centre; `start` it, and read its `port`."""

    tls: ssl.SSLContext | None = None
    port: int = 0
    binds: list[tuple[Command, Bind]] = field(default_factory=list)
    submits: list[Submit] = field(default_factory=list)
    seen: list[Pdu] = field(default_factory=list)
    """Everything else that came."""
    peers: list["Peer"] = field(default_factory=list)
    """The connections of now that are bound."""
    connections: int = 0
    _server: asyncio.Server | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _all: set["Peer"] = field(default_factory=set)

    async def start(self, port: int = 0) -> Self:
        """Listen on the loopback."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Peer(self), "127.0.0.1", port or self.port, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Drop everybody and stop listening; `start` opens the same port again."""
        if self._server:
            self._server.close()
            self.drop()
            for peer in tuple(self._all):
                peer.abort()
            await self.until(lambda: not self._all)
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so; looks again at each thing that happens here."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self._changed.clear()
                # What is so on the other side changes without our being told.
                waiter = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait([waiter], timeout=0.01)
                waiter.cancel()

    async def bound(self, count: int = 1) -> None:
        """Wait until so many sessions are bound."""
        await self.until(lambda: len(self.peers) == count)

    async def received(self, count: int) -> None:
        """Wait until so many submissions have come."""
        await self.until(lambda: len(self.submits) >= count)

    def drop(self) -> None:
        """Cut every bound connection."""
        for peer in tuple(self.peers):
            peer.abort()

    def release(self) -> None:
        """Send the answers that were held."""
        self.holding = False
        for peer in self.peers:
            peer.release()

    def write(self, octets: bytes) -> None:
        """Send anything at all to whoever receives."""
        self._receiver().write(octets)

    def send(self, message: ShortMessage, command: Command = Command.DELIVER_SM) -> int:
        """Send a `deliver_sm` without waiting; its sequence number."""
        return self._receiver().send(command, codec.encode(command, message))

    async def request(self, command: Command, body: bytes = b"") -> Pdu:
        """Ask anything and wait for the answer."""
        peer = self._receiver()
        return await peer.answer(peer.send(command, body))

    async def deliver(
        self,
        octets: bytes,
        source: str = "14155550123",
        destination: str = "16505550101",
        *,
        esm_class: int = 0,
        data_coding: int = 0,
        tlvs: Mapping[int, bytes] | None = None,
        command: Command = Command.DELIVER_SM,
    ) -> int:
        """Bring a message; the status with which it was answered."""
        message = ShortMessage(
            source_addr_ton=1,
            source_addr_npi=1,
            source_addr=source,
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=destination,
            esm_class=esm_class,
            data_coding=data_coding,
            short_message=octets,
            tlvs=tlvs or {},
        )
        return (await self.request(command, codec.encode(command, message))).status

    async def receipt(
        self,
        id: str,
        source: str = "14155550123",
        destination: str = "16505550101",
        *,
        state: str = "DELIVRD",
        error: str = "000",
        tlvs: Mapping[int, bytes] | None = None,
    ) -> int:
        """Bring a receipt for a message from `destination` to `source`."""
        text = receipt_text(id, state, error)
        kind = EsmClass.DELIVERY_RECEIPT
        return await self.deliver(text, source, destination, esm_class=kind, tlvs=tlvs)

    def noticed(self) -> None:
        """Something happened: wake whoever waits."""
        self._changed.set()

    def _receiver(self) -> "Peer":
        return next(peer for peer in self.peers if peer.receives)


def receipt_text(id: str, state: str = "DELIVRD", error: str = "000") -> bytes:
    """The short message of a receipt, as in the standard."""
    dates = "submit date:2601051200 done date:2601051201"
    return f"id:{id} sub:001 dlvrd:001 {dates} stat:{state} err:{error} text:Hello".encode()


class Peer(asyncio.Protocol):
    """One connection of an ESME."""

    def __init__(self, smsc: Smsc) -> None:
        self.smsc = smsc
        self.receives = False
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._sequence = 0
        self._out: list[bytes] = []
        self._held: list[tuple[Submit, bytes]] = []
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._answers: dict[int, Pdu] = {}
        self._dribble: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.smsc.connections += 1
        self.smsc._all.add(self)
        self.smsc.noticed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self in self.smsc.peers:
            self.smsc.peers.remove(self)
        self.smsc._all.discard(self)
        if self._dribble:
            self._dribble.cancel()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the ESME is gone"))
        self.smsc.noticed()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for pdu in frames(self._buffer):
            self._take(pdu)
        self.smsc.noticed()

    def abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def write(self, octets: bytes) -> None:
        """Send at the end of this turn."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(octets)

    def send(self, command: Command, body: bytes) -> int:
        self._sequence += 1
        self.write(frame(command, self._sequence, body))
        return self._sequence

    async def answer(self, sequence: int) -> Pdu:
        future = self._waiting.setdefault(sequence, asyncio.get_running_loop().create_future())
        async with asyncio.timeout(PATIENCE):
            return await future

    def release(self) -> None:
        held, self._held = self._held, []
        for submit, body in held:
            self._answer_submit(submit, body)

    def _flush(self) -> None:
        octets, self._out = b"".join(self._out), []
        if self._transport is None or self._transport.is_closing():
            return
        if not self.smsc.dribbling:
            self._transport.write(octets)
        else:
            self._dribble = asyncio.ensure_future(self._trickle(octets, self._dribble))

    async def _trickle(self, octets: bytes, before: "asyncio.Task[None] | None") -> None:
        if before:
            await before
        for octet in octets:
            if self._transport:
                self._transport.write(bytes((octet,)))
            await asyncio.sleep(0)

    def _take(self, pdu: Pdu) -> None:
        if pdu.command == Command.SUBMIT_SM:
            self._on_submit(pdu)
            return
        self.smsc.seen.append(pdu)
        if pdu.command in BINDS:
            self._on_bind(pdu)
        elif pdu.is_answer:
            future = self._waiting.setdefault(
                pdu.sequence, asyncio.get_running_loop().create_future()
            )
            if not future.done():
                future.set_result(pdu)
        elif not self.smsc.silent:
            self._on_request(pdu)

    def _on_request(self, pdu: Pdu) -> None:
        if pdu.command == Command.ENQUIRE_LINK and not self.smsc.answers_enquiries:
            return
        self.write(frame(pdu.command | ANSWER, pdu.sequence))
        if pdu.command == Command.UNBIND:
            self._flush()
            self._out.clear()
            if self._transport:
                self._transport.close()

    def _on_bind(self, pdu: Pdu) -> None:
        command, bind = Command(pdu.command), codec.read_bind(pdu)
        self.smsc.binds.append((command, bind))
        if not self.smsc.binding:
            return
        wrong = Status.RINVPASWD if bind.password != self.smsc.password else Status.ROK
        status = self.smsc.bind_status or wrong
        self.write(frame(command | ANSWER, pdu.sequence, b"smsc\0", status))
        if status == Status.ROK:
            self.receives = command != Command.BIND_TRANSMITTER
            self.smsc.peers.append(self)

    def _on_submit(self, pdu: Pdu) -> None:
        message = codec.read_short_message(pdu)
        status = self.smsc.judge(message)
        id = self.smsc.name(len(self.smsc.submits) + 1)
        submit = Submit(
            message=message,
            sequence=pdu.sequence,
            status=status,
            id=id,
            at=asyncio.get_running_loop().time(),
        )
        self.smsc.submits.append(submit)
        if self._drops():
            self.abort()
            return
        body = id.encode() + b"\0" if status == Status.ROK else b""
        if self.smsc.holding:
            self._held.append((submit, body))
        elif not self.smsc.silent:
            self._answer_submit(submit, body)

    def _drops(self) -> bool:
        if self.smsc.drop_after is None:
            return False
        self.smsc.drop_after -= 1
        dropped = self.smsc.drop_after <= 0
        if dropped:
            self.smsc.drop_after = None
        return dropped

    def _answer_submit(self, submit: Submit, body: bytes) -> None:
        receipts = self.smsc.receipts if submit.status == Status.ROK else "none"
        if receipts in ("before", "both"):
            self._send_receipt(submit)
        self.write(frame(Command.SUBMIT_SM_RESP, submit.sequence, body, submit.status))
        if receipts in ("after", "both"):
            self._send_receipt(submit)

    def _send_receipt(self, submit: Submit) -> None:
        receiver = next((peer for peer in self.smsc.peers if peer.receives), self)
        message = ShortMessage(
            source_addr_ton=submit.message.dest_addr_ton,
            source_addr=submit.message.destination_addr,
            dest_addr_ton=submit.message.source_addr_ton,
            destination_addr=submit.message.source_addr,
            esm_class=EsmClass.DELIVERY_RECEIPT,
            short_message=receipt_text(self.smsc.spell(submit.id)),
        )
        receiver.send(Command.DELIVER_SM, codec.encode(Command.DELIVER_SM, message))
