"""A wire to PostgreSQL that is cut at a COMMIT: before it arrives, or before its answer does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

COMMIT, CHAIN = b"COMMIT", b"COMMIT AND CHAIN"


class Wire:
    """Passes octets both ways; `cut` says how the next COMMIT ends: `before`, `after` or not."""

    def __init__(self, dsn: str) -> None:
        self._place = urlsplit(dsn)
        self.cut: str | None = None
        self.cuts = 0
        self.chained = 0
        """How many of them began the next transaction."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        asked = parse_qs(self._place.query)
        hosts, port = asked.get("host", []), asked.get("port", ["5432"])[0]
        if hosts and hosts[0].startswith("/"):
            return await asyncio.open_unix_connection(f"{hosts[0]}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._place.hostname, self._place.port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        far_reader, far_writer = await self._connect()
        back = asyncio.ensure_future(self._pass(far_reader, writer))
        forth = asyncio.ensure_future(self._forth(reader, far_writer, back))
        self._tasks |= {back, forth}
        await asyncio.wait((back, forth), return_when=asyncio.FIRST_COMPLETED)
        for task in (back, forth):
            task.cancel()
        await asyncio.wait((back, forth))
        self._tasks -= {back, forth}
        writer.close()
        far_writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def _forth(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        back: "asyncio.Task[None]",
    ) -> None:
        while data := await reader.read(65536):
            cut = self.cut if COMMIT in data else None
            if cut is not None:
                self.cut = None
                self.cuts += 1
                self.chained += CHAIN in data
                back.cancel()
            if cut == "before":
                return
            writer.write(data)
            await writer.drain()
            if cut == "after":
                await asyncio.sleep(0.2)
                return


@asynccontextmanager
async def wired(dsn: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to a database, and the DSN that goes through it."""
    wire = Wire(dsn)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    place = urlsplit(dsn)
    user = f"{place.username}@" if place.username else ""
    yield wire, f"postgresql://{user}127.0.0.1:{port}{place.path}?sslmode=disable"
    server.close()
