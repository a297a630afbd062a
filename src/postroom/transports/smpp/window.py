"""The `submit_sm` of one session: waiting, on the wire, answered.

    submit ──► waiting ──take──► on the wire ──answered──► accepted or refused
                  │                  │ expire, lose
                  └──► not bound     └──────────────────► uncertain

Decides what may be written now, by window, pace and guard; it touches no socket.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from postroom.model.traffic import Failure
from postroom.transports.smpp import errors
from postroom.transports.smpp.counters import Counters
from postroom.transports.smpp.errors import SLOW_DOWN
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pace import Pace
from postroom.transports.smpp.pdu import Pdu, frame, read_message_id
from postroom.transports.smpp.settings import SmppSettings
from postroom.transports.smpp.status import Status


class Answer(NamedTuple):
    """What became of one segment; the id is empty where the carrier gave none."""

    id: str = ""
    failure: Failure | None = None
    slow_down: bool = False


class OnTheWire(NamedTuple):
    """A `submit_sm` that was written, and when."""

    answer: asyncio.Future[Answer]
    at: float


class Window:
    """What one session may have in flight."""

    def __init__(self, settings: SmppSettings, pace: Pace, counters: Counters) -> None:
        self.pace = pace
        self._size = settings.window
        self._guard = settings.guard
        self._pause = settings.throttle_pause
        self._counters = counters
        self._waiting: deque[tuple[bytes, asyncio.Future[Answer]]] = deque()
        self._on_the_wire: dict[int, OnTheWire] = {}
        self._closed: str | None = None
        self._drained: asyncio.Future[None] | None = None

    @property
    def in_flight(self) -> int:
        """How many are written and not answered."""
        return len(self._on_the_wire)

    @property
    def is_open(self) -> bool:
        """Whether submissions are taken."""
        return self._closed is None

    def room(self, now: float) -> int:
        """How many more would be written within the next second; 0 when throttled or closed."""
        if self._closed or self.pace.paused(now):
            return 0
        soon = min(self._size - len(self._on_the_wire), max(1, int(self.pace.rate)))
        return max(0, soon - len(self._waiting))

    def submit(self, body: bytes) -> asyncio.Future[Answer]:
        """Put a segment in line; the future never holds an exception."""
        answer = asyncio.get_running_loop().create_future()
        if self._closed:
            answer.set_result(Answer(failure=errors.not_bound(self._closed)))
        else:
            self._waiting.append((body, answer))
        return answer

    def take(self, now: float, sequence: Callable[[], int]) -> list[bytes]:
        """The frames to write now, without anything in between: the guard was asked for each."""
        written: list[bytes] = []
        while self._waiting and len(self._on_the_wire) < self._size:
            body, answer = self._waiting[0]
            if answer.done():
                self._waiting.popleft()
                continue
            if not self.pace.take(now):
                break
            self._waiting.popleft()
            if self._guard is not None and not self._guard():
                answer.set_result(Answer(failure=errors.not_bound("the link is not ours")))
                continue
            number = sequence()
            self._on_the_wire[number] = OnTheWire(answer, now)
            written.append(frame(Command.SUBMIT_SM, number, body))
        self._counters.submitted += len(written)
        return written

    def wait(self, now: float) -> float | None:
        """Seconds until `take` is worth calling again; `None` when only an answer can help."""
        if not self._waiting or len(self._on_the_wire) >= self._size:
            return None
        return self.pace.wait(now)

    def answered(self, pdu: Pdu, now: float) -> None:
        """The SMSC answered; what we did not ask, or have given up, is passed over."""
        sent = self._on_the_wire.pop(pdu.sequence, None)
        if sent is None:
            return
        self._counters.answered += 1
        self._counters.latency += now - sent.at
        _settle(sent.answer, self._read(pdu, now))
        self._notice_drained()

    def expire(self, before: float) -> int:
        """Give up what was written before that time; how many there were."""
        late = [number for number, sent in self._on_the_wire.items() if sent.at < before]
        for number in late:
            sent = self._on_the_wire.pop(number)
            _settle(sent.answer, Answer(failure=errors.uncertain("no answer in time")))
        self._counters.uncertain += len(late)
        self._notice_drained()
        return len(late)

    def close(self, reason: str) -> None:
        """Take nothing more; what waits was never written."""
        self._closed = self._closed or reason
        while self._waiting:
            _settle(self._waiting.popleft()[1], Answer(failure=errors.not_bound(reason)))

    def lose(self, reason: str) -> None:
        """The connection is gone: what was written may or may not have been taken."""
        self.close(reason)
        lost, self._on_the_wire = self._on_the_wire, {}
        for sent in lost.values():
            _settle(sent.answer, Answer(failure=errors.uncertain(reason)))
        self._counters.uncertain += len(lost)
        self._notice_drained()

    async def drained(self) -> None:
        """Until nothing is on the wire."""
        while self._on_the_wire:
            self._drained = self._drained or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._drained)

    def _read(self, pdu: Pdu, now: float) -> Answer:
        taken = pdu.command == Command.SUBMIT_SM_RESP and pdu.status == Status.ROK
        if taken:
            self._counters.accepted += 1
            return Answer(id=read_message_id(pdu))
        if pdu.status in SLOW_DOWN:
            self._counters.throttled += 1
            self.pace.slow(now, self._pause)
        self._counters.refused += 1
        return Answer(failure=errors.refusal(pdu.status), slow_down=pdu.status in SLOW_DOWN)

    def _notice_drained(self) -> None:
        if self._drained and not self._on_the_wire:
            self._drained.set_result(None)
            self._drained = None


def _settle(answer: asyncio.Future[Answer], value: Answer) -> None:
    """The caller may have stopped waiting meanwhile."""
    if not answer.done():
        answer.set_result(value)
