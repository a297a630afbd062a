"""The ESME: our side of one carrier's SMPP link, as a `Transport`.

It holds one session, or two (one that submits, one that receives), each bound again on its own
whenever it is lost, with back-off and jitter.
"""

import asyncio
import random
import ssl
from typing import Final

from postroom.model.traffic import Submission, Submitted
from postroom.observability import logs
from postroom.transports import Receive
from postroom.transports.smpp import errors, outbound
from postroom.transports.smpp.counters import Counters
from postroom.transports.smpp.deliveries import Deliveries
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.link import Backoff
from postroom.transports.smpp.pace import Pace
from postroom.transports.smpp.session import BindRefused, Session
from postroom.transports.smpp.settings import BindMode, SmppSettings
from postroom.transports.smpp.window import Answer, Window

BINDS: Final[dict[BindMode, tuple[Command, ...]]] = {
    "transceiver": (Command.BIND_TRANSCEIVER,),
    "transmitter+receiver": (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER),
}
LASTING: Final = 10.0
"""A session that lasted so many seconds was no failure: the back-off begins anew."""
LONGEST_REST: Final = 10.0
"""Seconds that a throttled segment rests at most before it is tried again."""

log = logs.get("transports.smpp")


class SmppTransport:
    """One carrier by SMPP 3.4; `last_error` tells why a session was last refused or lost."""

    def __init__(self, settings: SmppSettings) -> None:
        self.name = settings.name
        self.settings = settings
        self.counters = Counters()
        self.last_error: str | None = None
        self._sessions: dict[Command, Session] = {}
        self._pace: Pace | None = None
        self._resting = 0

    @property
    def in_flight(self) -> int:
        """How many `submit_sm` are written and not answered."""
        session = self._submitter()
        return session.window.in_flight if session else 0

    def free(self) -> int:
        """How many more submissions the link takes now: 0 when not bound, or throttled."""
        session = self._submitter()
        if session is None:
            return 0
        return max(0, session.window.room(asyncio.get_running_loop().time()) - self._resting)

    def bound(self) -> bool:
        """Whether messages can be submitted now."""
        session = self._submitter()
        return session is not None and session.window.is_open

    def fully_bound(self) -> bool:
        """Whether receipts and inbound messages can come as well."""
        return len(self._sessions) == len(BINDS[self.settings.bind])

    async def run(self, receive: Receive) -> None:
        """Hold the link until cancelled; then answer what is open, unbind and close."""
        deliveries = Deliveries(self.settings, receive, self.counters)
        self._pace = Pace(self.settings.rate, asyncio.get_running_loop().time())
        async with asyncio.TaskGroup() as group:
            for command in BINDS[self.settings.bind]:
                group.create_task(self._hold(command, deliveries, self._pace))

    async def submit(self, submission: Submission) -> Submitted:
        """Hand over the segments behind `segments_done`, one after the other."""
        try:
            bodies = outbound.bodies(submission, self.settings)
        except ValueError as problem:
            return Submitted(failure=errors.unspeakable(str(problem)))
        ids: list[str] = []
        for body in bodies[submission.segments_done :]:
            answer = await self._submit(body)
            if answer.failure:
                return Submitted(ids=tuple(ids), failure=answer.failure)
            ids.append(answer.id)
        return Submitted(ids=tuple(ids))

    async def _submit(self, body: bytes) -> Answer:
        """Submit one segment, again after a rest while the carrier throttles."""
        rest = Backoff(first=self.settings.throttle_pause, longest=LONGEST_REST)
        for _ in range(self.settings.throttle_retries):
            answer = await self._submit_once(body)
            if not answer.slow_down:
                return answer
            self._resting += 1
            try:
                await asyncio.sleep(rest.delay(random.random()))
            finally:
                self._resting -= 1
            rest = rest.failed()
        return await self._submit_once(body)

    async def _submit_once(self, body: bytes) -> Answer:
        session = self._submitter()
        if session is None:
            return Answer(failure=errors.not_bound(self.last_error or "the link is down"))
        return await session.submit(body)

    def _submitter(self) -> Session | None:
        return self._sessions.get(BINDS[self.settings.bind][0])

    async def _hold(self, command: Command, deliveries: Deliveries, pace: Pace) -> None:
        """Bind, stay as long as the session lasts, and begin again."""
        fresh = Backoff(first=self.settings.retry_first, longest=self.settings.retry_longest)
        backoff, clock = fresh, asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                reason = await self._stay(command, deliveries, pace)
            except (BindRefused, OSError, TimeoutError) as problem:
                reason = str(problem) or "no answer in time"
            self.last_error = reason
            log.warning("not bound", carrier=self.name, bind=command.name, reason=reason)
            backoff = fresh if clock() - began > LASTING else backoff
            await asyncio.sleep(backoff.delay(random.random()))
            backoff = backoff.failed()

    async def _stay(self, command: Command, deliveries: Deliveries, pace: Pace) -> str:
        """One session from connecting to its end; why it ended."""
        session = await self._connect(Window(self.settings, pace, self.counters), deliveries)
        try:
            async with asyncio.timeout(self.settings.response_timeout):
                await session.bind(command)
        except BaseException:
            session.hang_up("not bound")
            raise
        self._sessions[command] = session
        self.counters.binds += 1
        log.info("bound", carrier=self.name, bind=command.name)
        try:
            return await asyncio.shield(session.closed)
        except asyncio.CancelledError:
            deliveries.close()
            await session.leave()
            raise
        finally:
            self._sessions.pop(command, None)

    async def _connect(self, window: Window, deliveries: Deliveries) -> Session:
        settings = self.settings
        context = ssl.create_default_context(cafile=settings.tls_ca_file) if settings.tls else None
        async with asyncio.timeout(settings.connect_timeout):
            _, session = await asyncio.get_running_loop().create_connection(
                lambda: Session(settings, window, deliveries),
                settings.host,
                settings.port,
                ssl=context,
            )
        return session
