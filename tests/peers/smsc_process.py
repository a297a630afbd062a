"""A foreign message centre in a process of its own, spoken to in JSON lines."""

import asyncio
import importlib.util
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.needs import ROOT, lacking, npm_packages, program

PATIENCE = 20.0
Event = dict[str, Any]


def npm_smpp() -> list[str]:
    """The command for the npm package smpp."""
    return [program("node"), str(npm_packages("tests/peers/node") / "smsc.js")]


def smpp34() -> list[str]:
    """The command for the Python package smpp34."""
    if importlib.util.find_spec("smpp34") is None:
        lacking("the Python package smpp34")
    return [sys.executable, str(ROOT / "tests/peers/smpp34_smsc.py")]


class ForeignSmsc:
    """The process, and the events that it told."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.port = 0
        self._events: list[Event] = []

    async def next(self, kind: str) -> Event:
        """The next event of a kind; others are kept for later."""
        for event in self._events:
            if event["event"] == kind:
                self._events.remove(event)
                return event
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE):
            while line := await self.process.stdout.readline():
                event = json.loads(line)
                if event["event"] == kind:
                    return dict(event)
                self._events.append(event)
        raise AssertionError(f"the peer ended before {kind}")

    async def several(self, kind: str, count: int) -> list[Event]:
        """So many events of a kind."""
        return [await self.next(kind) for _ in range(count)]

    def tell(self, do: str, **what: object) -> None:
        """Give a command."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **what}).encode() + b"\n")


@asynccontextmanager
async def foreign_smsc(command: list[str]) -> AsyncIterator[ForeignSmsc]:
    """Run a message centre until the end of the test."""
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    smsc = ForeignSmsc(process)
    try:
        smsc.port = (await smsc.next("listening"))["port"]
        yield smsc
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            async with asyncio.timeout(5.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
