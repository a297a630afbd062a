import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from postroom.model.traffic import Fate
from postroom.transports.smpp import outbound
from postroom.transports.smpp.counters import Counters
from postroom.transports.smpp.deliveries import Deliveries
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pace import Pace
from postroom.transports.smpp.pdu import frame
from postroom.transports.smpp.session import Session
from postroom.transports.smpp.window import Window
from tests.transports.smpp_link import Inbox
from tests.transports.smpp_pdus import SETTINGS, submission
from tests.transports.smpp_wire import Wire

TIMED = replace(SETTINGS, response_timeout=30.0, enquire_after=40.0, enquire_timeout=10.0)


class TurnedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still until it is turned."""

    now = 1000.0

    def time(self) -> float:
        return self.now

    async def turn(self, seconds: float) -> None:
        """Turn the clock at once, and let the timers run."""
        self.now += seconds
        for _ in range(5):
            await asyncio.sleep(0)

    async def pass_by(self, seconds: float) -> None:
        """Let time pass as it does."""
        for _ in range(int(seconds * 4)):
            await self.turn(0.25)


def with_clock(story: Callable[[TurnedLoop, Session, Wire], Awaitable[None]]) -> None:
    """Live through a story with a session on a turned loop."""
    loop = TurnedLoop()

    async def live() -> None:
        counters, wire = Counters(), Wire()
        window = Window(TIMED, Pace(TIMED.rate, loop.time()), counters)
        session = Session(TIMED, window, Deliveries(TIMED, Inbox().receive, counters))
        session.connection_made(wire)
        await story(loop, session, wire)
        session.connection_lost(None)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(live())


def one_body() -> bytes:
    return outbound.bodies(submission(), TIMED)[0]


def accepted() -> bytes:
    return frame(Command.SUBMIT_SM_RESP, 1, b"77\0")


def test_an_answer_in_time_counts() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        answer = session.submit(one_body())
        await loop.pass_by(29)
        session.data_received(accepted())

        assert (await answer).id == "77"

    with_clock(story)


def test_without_an_answer_in_time_it_is_uncertain() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        answer = session.submit(one_body())
        await loop.pass_by(32)

        failure = answer.result().failure
        assert failure
        assert failure.fate is Fate.UNCERTAIN

    with_clock(story)


def test_a_process_that_was_stopped_reads_before_it_calls_others_late() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        answer = session.submit(one_body())
        await loop.pass_by(1)
        await loop.turn(100)
        session.data_received(accepted())

        assert (await answer).id == "77"
        assert not wire.is_closing()

    with_clock(story)


def test_after_a_stop_what_is_late_is_late_at_the_next_tick() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        answer = session.submit(one_body())
        await loop.pass_by(1)
        await loop.turn(100)
        await loop.pass_by(2)

        assert answer.done()

    with_clock(story)


def test_a_quiet_session_enquires_and_then_hangs_up() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        await loop.pass_by(42)
        asked = [pdu.command for pdu in wire.answers()]
        open_until_then = not wire.is_closing()
        await loop.pass_by(12)

        assert asked == [Command.ENQUIRE_LINK]
        assert open_until_then
        assert wire.is_closing()

    with_clock(story)


def test_octets_that_make_no_whole_pdu_are_no_sign_of_life() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        for octet in frame(Command.DELIVER_SM, 1, bytes(60)):
            await loop.pass_by(1)
            if not wire.is_closing():
                session.data_received(bytes((octet,)))

        assert wire.is_closing()

    with_clock(story)


def test_a_message_centre_that_asks_and_never_reads_is_left() -> None:
    async def story(loop: TurnedLoop, session: Session, wire: Wire) -> None:
        wire.unread = 100_000
        await loop.pass_by(2)
        patient = not wire.is_closing()
        wire.unread = 5_000_000
        await loop.pass_by(2)

        assert patient
        assert wire.is_closing()

    with_clock(story)
