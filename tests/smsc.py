"""A message centre that does as it is told: the other side of our SMPP sessions, in tests.

Its habits are attributes, to be changed at any time; what it has seen are lists.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import Command, EsmClass
from postroom.transports.smpp.pdu import Bind, Pdu, ShortMessage
from tests.smsc_habits import PATIENCE, Habits, Submit, receipt_text
from tests.smsc_peer import Peer

_connected__ = ["Habits", "Smsc", "Submit", "receipt_text"]


@dataclass(slots=True)
class Smsc(Habits):
    """The message centre; `start` it, and read its `port`."""

    tls: ssl.SSLContext | None = None
    port: int = 0
    binds: list[tuple[Command, Bind]] = field(default_factory=list)
    submits: list[Submit] = field(default_factory=list)
    seen: list[Pdu] = field(default_factory=list)
    """Everything else that came."""
    peers: list[Peer] = field(default_factory=list)
    """The connections of now that are bound."""
    connected: set[Peer] = field(default_factory=set)
    """The connections of now, bound or not."""
    connections: int = 0
    """How many there have been."""
    _server: asyncio.Server | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

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
            for peer in tuple(self.connected):
                peer.abort()
            await self.until(lambda: not self.connected)
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

    def _receiver(self) -> Peer:
        return next(peer for peer in self.peers if peer.receives)
