"""A connection that leads nowhere."""

import asyncio

from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.pdu import Pdu


class Wire(asyncio.Transport):
    """A connection that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()
        self._closing = False
        self.unread = 0

    def get_write_buffer_size(self) -> int:
        return self.unread

    def answers(self) -> list[Pdu]:
        return list(codec.frames(bytearray(self._written)))

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._written += data

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """It takes everything."""

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        self._closing = True

    def is_closing(self) -> bool:
        return self._closing
