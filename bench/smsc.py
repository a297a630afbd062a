"""An SMSC that takes everything and sends a receipt for each, as fast as it can.

python -m bench.smsc PORT
"""

import asyncio
import struct
import sys

import uvloop

HEAD = struct.Struct(">IIII")
BIND_TRX, SUBMIT, DELIVER_RESP, ENQUIRE, UNBIND = 9, 4, 0x80000005, 0x15, 6
RESPONSE = 0x80000000
RECEIPT = (
    "id:{id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 "
    "stat:DELIVRD err:000 text:"
)


class Link(asyncio.Protocol):
    """One bound ESME."""

    def __init__(self) -> None:
        self.buffer = b""
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        out = []
        while len(self.buffer) >= 16:
            length, command, _, sequence = HEAD.unpack_from(self.buffer)
            if len(self.buffer) < length:
                break
            pdu, self.buffer = self.buffer[16:length], self.buffer[length:]
            out += self._answer(command, sequence, pdu)
        self.transport.write(b"".join(out))

    def _answer(self, command: int, sequence: int, body: bytes) -> list[bytes]:
        if command == SUBMIT:
            self.count += 1
            id = f"{self.count:08d}"
            return [
                _pdu(command | RESPONSE, sequence, id.encode() + b"\0"),
                self._receipt(id, body),
            ]
        if command == BIND_TRX:
            return [_pdu(command | RESPONSE, sequence, b"bench\0")]
        if command in (ENQUIRE, UNBIND):
            return [_pdu(command | RESPONSE, sequence, b"")]
        return []

    def _receipt(self, id: str, body: bytes) -> bytes:
        """A deliver_sm with the addresses of the submit_sm turned round."""
        _, rest = body.split(b"\0", 1)
        source_ton = rest[:2]
        source, rest = rest[2:].split(b"\0", 1)
        dest_ton = rest[:2]
        destination, _ = rest[2:].split(b"\0", 1)
        text = RECEIPT.format(id=id).encode()
        fields = b"\0" + dest_ton + destination + b"\0" + source_ton + source + b"\0"
        fields += bytes([4, 0, 0]) + b"\0\0" + bytes([0, 0, 0, 0, len(text)]) + text
        return _pdu(5, self.count, fields)


def _pdu(command: int, sequence: int, body: bytes) -> bytes:
    return HEAD.pack(16 + len(body), command, 0, sequence) + body


async def main() -> None:
    """Listen until ended."""
    server = await asyncio.get_running_loop().create_server(Link, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
