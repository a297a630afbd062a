"""The real server in processes of its own: started, stopped with SIGTERM, and killed."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from postroom.cli import demo_env
from tests.needs import ROOT

START_SECONDS = 30.0
STOP_SECONDS = 30.0
FIRST_PORT, PORTS, WORKERS = 20_000, 1_000, 8
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
V1 = "/restapi/v1.0"
MINE = f"{V1}/account/~/extension/~"


def _ports() -> Iterator[int]:
    """Ports to try: a range per test process, below those that the system gives to clients."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + worker % WORKERS * PORTS
    yield from itertools.cycle(range(first, first + PORTS))


_PORTS = _ports()


def free_port() -> int:
    """A port of the loopback interface that nobody has, and that no other test process tries."""
    for port in itertools.islice(_PORTS, PORTS):
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is taken")


def environment(env: Mapping[str, str] | None = None, dsn: str | None = None) -> dict[str, str]:
    """What a process of ours is started with: nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM__")}
    given = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]), **(env or {})}
    return kept | given | ({} if dsn is None else {"POSTROOM__STORE__URL": dsn})


def command(*arguments: str | Path) -> list[str]:
    """The command line of `postroom`, by the interpreter that runs the tests."""
    return [sys.executable, "-m", "postroom", *map(str, arguments)]


@dataclass(slots=True, kw_only=True)
class Server:
    """A running server, and a client of it."""

    folder: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    http: httpx.AsyncClient
    values: dict[str, str]

    @property
    def base(self) -> str:
        """The URL that it listens on."""
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        """All that it has written, to both streams."""
        return self.log.read_text(errors="replace")

    async def ready(self) -> None:
        """Wait until it answers that it is ready."""
        until = time.monotonic() + START_SECONDS
        while not await self._is_ready():
            assert self.process.poll() is None, f"the server ended:\n{self.output()}"
            assert time.monotonic() < until, f"the server is not ready:\n{self.output()}"
            await asyncio.sleep(0.01)
        self.values = demo_env.read(self.folder)

    async def _is_ready(self) -> bool:
        try:
            answer = await self.http.get("/readyz")
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    async def kill(self) -> None:
        """Kill it; nothing of it runs on."""
        self.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)
        await self.http.aclose()

    async def stop(self) -> int:
        """Ask it to stop, and tell its exit code; one that does not stop is killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self.process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the server does not stop:\n{self.output()}") from None
        finally:
            await self.kill()

    # -- asking ------------------------------------------------------------------------------

    async def ask_token(self, who: str | int, client: str = "RC_CLIENT") -> httpx.Response:
        """What the token endpoint says to the JWT credential of an extension."""
        name = "RC_USER_JWT" if str(who) == "101" else f"RC_USER_JWT_{who}"
        return await self.http.post(
            "/restapi/oauth/token",
            auth=(self.values[f"{client}_ID"], self.values[f"{client}_SECRET"]),
            data={"grant_type": JWT_GRANT, "assertion": self.values[name]},
        )

    async def log_in(self, who: str | int) -> str:
        """A new access token of an extension."""
        answer = await self.ask_token(who)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def call(self, token: str, method: str, path: str, **options: Any) -> httpx.Response:
        """One request; a path without a slash in front is under the caller's extension."""
        url = path if path.startswith("/") else f"{MINE}/{path}"
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return await self.http.request(method, url, headers=headers, **options)


def launch(
    folder: Path, port: int, env: Mapping[str, str] | None, dsn: str | None, demo: bool
) -> Server:
    """A server process that has just begun."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = ["serve", "--data", folder, "--listen", f"127.0.0.1:{port}"]
    log = folder / f"output-{port}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(*arguments, *(["--demo"] if demo else [])),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(env, dsn),
        )
    http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30.0, trust_env=False)
    return Server(folder=folder, port=port, log=log, process=process, http=http, values={})


async def start(
    folder: Path,
    *,
    dsn: str | None = None,
    env: Mapping[str, str] | None = None,
    demo: bool = True,
    port: int | None = None,
) -> Server:
    """A server on a data folder, ready; `env` are settings and what else its process shall have."""
    server = launch(folder, port or free_port(), env, dsn, demo)
    try:
        await server.ready()
    except BaseException:
        await server.kill()
        raise
    return server


@asynccontextmanager
async def running(
    folder: Path,
    *,
    dsn: str | None = None,
    env: Mapping[str, str] | None = None,
    demo: bool = True,
) -> AsyncIterator[Server]:
    """A server for the time of a block; it ends on SIGTERM with exit code 0."""
    server = await start(folder, dsn=dsn, env=env, demo=demo)
    try:
        yield server
    except BaseException:
        await server.kill()
        raise
    assert await server.stop() == 0, server.output()
