"""The machine, the processes that are measured, and the generator."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from postroom.cli import demo_env

TICKS = os.sysconf("SC_CLK_TCK")
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WRK = "wrk"
MINE = "/restapi/v1.0/account/~/extension/~"


def describe() -> str:
    """The machine in one line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} x {model}, {memory:.0f} GiB, Python {sys.version.split()[0]}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@dataclass(slots=True)
class Running:
    """A measured server."""

    process: subprocess.Popen[bytes]
    base: str
    folder: Path
    ready_seconds: float

    def token(self, name: str = "RC_USER_JWT") -> str:
        """An access token of the demo."""
        values = demo_env.read(self.folder)
        answer = httpx.post(
            f"{self.base}/restapi/oauth/token",
            auth=(values["RC_CLIENT_ID"], values["RC_CLIENT_SECRET"]),
            data={"grant_type": JWT_GRANT, "assertion": values[name]},
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])


@contextlib.contextmanager
def serving(
    mode: str, folder: Path, dsn: str | None = None, smsc: int | None = None
) -> Iterator[Running]:
    """One server, until the block ends."""
    port = free_port()
    arguments = [mode, str(port), str(folder), dsn or "", str(smsc or "")]
    with _started(["-m", "bench.servers", *arguments], port, folder) as running:
        yield running


@contextlib.contextmanager
def commanded(folder: Path, dsn: str | None) -> Iterator[Running]:
    """What a user starts: `postroom serve --demo`."""
    port = free_port()
    listen = f"127.0.0.1:{port}"
    arguments = ["-m", "postroom", "serve", "--demo", "--data", str(folder), "--listen", listen]
    environment = {"POSTROOM__STORE__URL": dsn} if dsn else {}
    with _started(arguments, port, folder, environment) as running:
        yield running


@contextlib.contextmanager
def _started(
    arguments: list[str], port: int, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[Running]:
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | (environment or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{base}/restapi", timeout=1)
                break
            if process.poll() is not None:
                raise RuntimeError(f"the server did not start: {arguments}")
            time.sleep(0.02)
        yield Running(process, base, folder, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True, slots=True)
class Load:
    """What a generator saw: requests a second, milliseconds, microseconds of CPU per request."""

    rate: float
    p50: float
    p99: float
    cpu_us: float
    generator_busy: float
    failed: int


def _script(token: str, path: str, body: str) -> str:
    return (
        'wrk.method = "POST"\n'
        f'wrk.headers["Authorization"] = "Bearer {token}"\n'
        'wrk.headers["Content-Type"] = "application/json"\n'
        f"wrk.path = {path!r}\n"
        f"wrk.body = [=[{body}]=]\n"
    )


def post(running: Running, token: str, path: str, body: str, clients: int, seconds: int) -> Load:
    """Post the same body from so many connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(token, path, body))
        script.flush()
        before, begun = cpu_seconds(running.process.pid), os.times()
        out = subprocess.run(
            [
                wrk(),
                "-t1",
                f"-c{clients}",
                f"-d{seconds}s",
                "--latency",
                "-s",
                script.name,
                running.base,
            ],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        after, ended = cpu_seconds(running.process.pid), os.times()
    requests = int(_found(r"(\d+) requests in", out))
    generator = (ended.children_user + ended.children_system) - (
        begun.children_user + begun.children_system
    )
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return Load(
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", out)),
        p50=_ms(_found(r"50%\s+([\d.]+\w+)", out)),
        p99=_ms(_found(r"99%\s+([\d.]+\w+)", out)),
        cpu_us=(after - before) / max(1, requests) * 1e6,
        generator_busy=generator / seconds,
        failed=int(failed[1]) if failed else 0,
    )


def wrk() -> str:
    """The generator."""
    found = shutil.which(WRK)
    if found is None:
        raise SystemExit("the benchmark needs wrk; on Debian: apt-get install wrk")
    return found


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk said:\n{text}")
    return match[1]


def _ms(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
