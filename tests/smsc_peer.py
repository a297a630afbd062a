"""One connection of an ESME, as the message centre of the tests sees it."""

import asyncio
from typing import TYPE_CHECKING, cast

from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import ANSWER, Command, EsmClass
from postroom.transports.smpp.pdu import Pdu, ShortMessage, frame, frames
from postroom.transports.smpp.status import Status
from tests.smsc_habits import PATIENCE, Submit, receipt_text

if TYPE_CHECKING:
    from tests.smsc import Smsc

BINDS = (Command.BIND_TRANSCEIVER, Command.BIND_TRANSMITTER, Command.BIND_RECEIVER)


class Peer(asyncio.Protocol):
    """One connection of an ESME."""

    def __init__(self, smsc: "Smsc") -> None:
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
        self.smsc.connected.add(self)
        self.smsc.noticed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self in self.smsc.peers:
            self.smsc.peers.remove(self)
        self.smsc.connected.discard(self)
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
