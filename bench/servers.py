"""The servers that are measured, each in a process of its own.

bare      ASGI and msgspec, nothing else: decode the body, encode an answer
null      Postroom with a store that does nothing when it files (N)
house     Postroom as it is, without anything to sweep
sweeping  Postroom as it is, whose sweeper comes every second
scanning  Postroom without an index of words

python -m bench.servers MODE PORT FOLDER [DSN]
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
import uvloop

from bench.furniture import furnish
from bench.scanning import Scanning
from postroom.api.company_pager import PagerRequest
from postroom.api.sms import SmsRequest
from postroom.app import server
from postroom.app.house import House
from postroom.config import Settings
from postroom.config.carrier import Carrier
from postroom.config.settings import Demo, Keeping, Limits, Log, Server
from postroom.config.settings import Store as StoreSection
from postroom.store.database import Store
from postroom.store.units import FILED, Filed

Send = Callable[[dict[str, Any]], Awaitable[None]]
NEVER_SECONDS = 1_000_000
PADDING = "x" * 700
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "sms": msgspec.json.Decoder(SmsRequest),
    "company-pager": msgspec.json.Decoder(PagerRequest),
    "restapi": msgspec.json.Decoder(),
}
_ENCODER = msgspec.json.Encoder()


async def bare(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """The least that an ASGI application with typed JSON can do."""
    if scope["type"] != "http":
        return
    event = await receive()
    decoder = _DECODERS[scope["path"].rpartition("/")[2]]
    request = decoder.decode(event["body"]) if event["body"] else None
    answer = {"id": 1, "subject": request.text if request else "", "more": PADDING}
    body = _ENCODER.encode(answer)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def settings(
    port: int, folder: Path, dsn: str | None, smsc: int | None, mode: str = "house"
) -> Settings:
    """A demo without limits; with `smsc` its only carrier is on that port."""
    carriers = {}
    if smsc is not None:
        carriers["bench"] = Carrier(
            transport="smpp",
            host="127.0.0.1",
            port=smsc,
            system_id="bench",
            password="bench",
            window=200,
            rate=1_000_000.0,
        )
    return Settings(
        server=Server(
            listen=f"127.0.0.1:{port}",
            roles=("api",) if mode in ("null", "counter") else ("api", "transport", "worker"),
        ),
        store=StoreSection(data=str(folder), url=dsn or "sqlite", writers=1, queue=50_000),
        limits=Limits(enabled=False),
        log=Log(level="error", journal=False),
        keeping=Keeping(
            texts=0, faxes=0, voicemails=0, every=1 if mode == "sweeping" else NEVER_SECONDS
        ),
        carriers=carriers,
        demo=Demo(enabled=True),
    )


def idle(house: House) -> None:
    """Let filing do nothing, and the outbox stay empty."""
    loop = asyncio.get_running_loop()

    def file(_: Any) -> "asyncio.Future[Filed]":
        done = loop.create_future()
        done.set_result(FILED)
        return done

    setattr(house.store, "file", file)  # noqa: B010 - not a method of the type


async def run(mode: str, port: int, folder: Path, dsn: str | None, smsc: int | None) -> None:
    """Serve until a signal."""

    async def furnished(where: Settings, store: Store) -> None:
        await furnish(where, store)

    def ready(house: House) -> None:
        if mode == "null":
            idle(house)
        if mode == "scanning":
            house.counter.lists = Scanning(house.store)

    await server.serve(settings(port, folder, dsn, smsc, mode), furnished, ready)


def main() -> None:
    """Run one server."""
    mode, port, folder, dsn, smsc = sys.argv[1:6]
    if mode == "bare":
        config = uvicorn.Config(
            bare,
            port=int(port),
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_level="error",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
        )
        uvicorn.Server(config).run()
        return
    from postroom.observability import journal, logs

    logs.configure("error", "json", sys.stderr.buffer)
    journal.switch(False)
    uvloop.run(run(mode, int(port), Path(folder), dsn or None, int(smsc) if smsc else None))


if __name__ == "__main__":
    main()
