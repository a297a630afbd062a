"""Sixteen clients on kept connections, who remember exactly what they were answered."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.server import MINE

WRITERS = 16
OUTSIDE, INSIDE = "+14155550123", "+16505550102"
OWN = "+16505550101"
KINDS = ("sms", "inside", "page")
Lost = (OSError, EOFError, asyncio.IncompleteReadError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One thing to send; `text` is its own and nobody else's."""

    kind: str
    text: str
    key: str | None

    @property
    def path(self) -> str:
        """Where it is posted."""
        return "company-pager" if self.kind == "page" else "sms"

    @property
    def body(self) -> dict[str, Any]:
        """What is posted."""
        if self.kind == "page":
            to = [{"extensionNumber": "102"}, {"extensionNumber": "103"}]
            return {"from": {"extensionNumber": "101"}, "to": to, "text": self.text}
        number = OUTSIDE if self.kind == "sms" else INSIDE
        return {
            "from": {"phoneNumber": OWN},
            "to": [{"phoneNumber": number}],
            "text": self.text,
        }


@dataclass(slots=True)
class Ledger:
    """What was answered with 200, and what was only asked."""

    answered: dict[str, tuple[int, Sent]] = field(default_factory=dict)
    unknown: dict[str, Sent] = field(default_factory=dict)
    ids: Counter[int] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def note(self, sent: Sent, status: int, answer: bytes) -> None:
        """Remember an answer; what had none before has one now."""
        self.statuses[status] += 1
        if status != 200:
            return
        id = json.loads(answer)["id"]
        self.unknown.pop(sent.text, None)
        self.answered[sent.text] = (id, sent)
        self.ids[id] += 1


class Writers:
    """Clients of a server that comes and goes on one port."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.ledger = Ledger()
        self._texts = (f"text {n}" for n in itertools.count())
        self._tasks: list[asyncio.Task[None]] = []
        self._answered = asyncio.Event()

    def start(self) -> None:
        """Begin to write."""
        self._tasks = [asyncio.create_task(self._write(n)) for n in range(WRITERS)]

    async def stop(self) -> None:
        """End; what is on its way has no answer."""
        for task in self._tasks:
            task.cancel()
        for result in await asyncio.gather(*self._tasks, return_exceptions=True):
            if not isinstance(result, asyncio.CancelledError):
                raise AssertionError("a writer ended") from result

    async def progress(self, count: int = 1) -> None:
        """Wait until so many more were answered.  Raises `TimeoutError`."""
        wanted = len(self.ledger.answered) + count
        while len(self.ledger.answered) < wanted:
            self._answered.clear()
            await self._answered.wait()

    async def _write(self, number: int) -> None:
        """One client: every other one has keys, and asks again until it is answered."""
        todo = self._to_send(keyed=number % 2 == 0)
        sent = next(todo)
        while True:
            with suppress(*Lost):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    while True:
                        self.ledger.unknown[sent.text] = sent
                        status, answer = await self._ask(reader, writer, sent)
                        self.ledger.note(sent, status, answer)
                        self._answered.set()
                        if status == 200 or sent.key is None:
                            sent = next(todo)
                finally:
                    writer.close()
            if sent.key is None:
                sent = next(todo)
            await asyncio.sleep(0.01)

    def _to_send(self, *, keyed: bool) -> Iterator[Sent]:
        for kind in itertools.cycle(KINDS):
            text = next(self._texts)
            yield Sent(kind=kind, text=text, key=f"key of {text}" if keyed else None)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Sent
    ) -> tuple[int, bytes]:
        body = json.dumps(sent.body).encode()
        key = f"Idempotency-Key: {sent.key}\r\n" if sent.key else ""
        head = (
            f"POST {MINE}/{sent.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{key}\r\n"
        )
        writer.write(head.encode() + body)
        return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
    }
    length = int(headers.get("content-length", "0"))
    return int(lines[0].split()[1]), await reader.readexactly(length)
