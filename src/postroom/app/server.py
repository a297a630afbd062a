"""The listener: uvicorn around a house, ended by a signal with everything in hand finished."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable

import msgspec
import uvicorn

from postroom.app import stores
from postroom.app.house import House, built
from postroom.config import Settings
from postroom.store.database import Store

GC_THRESHOLDS = (20_000, 20, 50)
GRACE_SECONDS = 5
Furnish = Callable[[Settings, Store], Awaitable[None]]
Ready = Callable[[House], None]


async def serve(settings: Settings, furnish: Furnish, ready: Ready) -> None:
    """Open the store, let `furnish` look at it, then listen until SIGTERM or SIGINT.

    `ready` is called when requests are answered.  The port is taken first, so that a second server
    on the same address changes nothing.
    """
    with bind(settings) as listener:
        settings = _addressed(settings, listener)
        async with stores.opened(settings) as store:
            await furnish(settings, store)
            async with built(settings, store) as house:
                await _listen(house, listener, ready)


def _addressed(settings: Settings, listener: socket.socket) -> Settings:
    """The settings with the port that was really taken: 0 asks for any."""
    listen = f"{settings.server.host}:{listener.getsockname()[1]}"
    server = msgspec.structs.replace(settings.server, listen=listen)
    return msgspec.structs.replace(settings, server=server)


def bind(settings: Settings) -> socket.socket:
    """Take the address to listen on.  Raises `OSError`."""
    host = settings.server.host.strip("[]") or "0.0.0.0"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, settings.server.port))
    except BaseException:
        listener.close()
        raise
    return listener


async def _listen(house: House, listener: socket.socket, ready: Ready) -> None:
    server = _Server(
        uvicorn.Config(
            house.front,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            backlog=2048,
        )
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    working = asyncio.create_task(house.work())
    working.add_done_callback(lambda _: server.stop())
    listening = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.answering(listening)
        if listening.done():
            return listening.result()
        _settle()
        ready(house)
        await listening
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._answers.set()

    async def answering(self, listening: "asyncio.Task[None]") -> None:
        """Wait until requests are answered, or the listener ended without."""
        answers = asyncio.ensure_future(self._answers.wait())
        await asyncio.wait((answers, listening), return_when=asyncio.FIRST_COMPLETED)
        answers.cancel()

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Signals are ours."""
        yield

    def stop(self) -> None:
        """Take no more requests, finish those in hand."""
        self.should_exit = True


def _settle() -> None:
    """What was made at start lives for ever: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
