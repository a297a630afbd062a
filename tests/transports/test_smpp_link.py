from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.transports.smpp.link import Action, Backoff, Link
from postroom.transports.smpp.pace import Pace

LINK = Link(heard_at=100.0, quiet=30.0, patience=10.0, often=20.0)


def test_a_link_that_was_heard_lately_is_left_alone() -> None:
    assert LINK.tick(130.0) == (replace(LINK, ticked_at=130.0), Action.WAIT)


def test_a_quiet_link_is_enquired_once() -> None:
    asked, action = LINK.tick(130.1)

    assert action is Action.ENQUIRE
    assert asked.tick(131.0) == (replace(asked, ticked_at=131.0), Action.WAIT)


def test_a_link_without_an_answer_is_hung_up() -> None:
    asked, _ = LINK.tick(131.0)

    assert asked.tick(141.0)[1] is Action.WAIT
    assert asked.tick(141.1)[1] is Action.HANG_UP


def test_anything_heard_is_an_answer() -> None:
    asked, _ = LINK.tick(131.0)
    heard, action = asked.heard(135.0).tick(150.0)

    assert action is Action.WAIT
    assert heard.tick(165.1)[1] is Action.ENQUIRE


def test_a_tick_that_comes_far_too_late_decides_nothing() -> None:
    asked, _ = LINK.tick(131.0)
    awake, action = asked.tick(152.1)

    assert action is Action.READ_FIRST
    assert awake.tick(153.0)[1] is Action.HANG_UP
    assert awake.heard(152.2).tick(153.0)[1] is Action.WAIT


def test_the_back_off_doubles_up_to_its_longest() -> None:
    backoff = Backoff(first=1.0, longest=10.0)
    delays = []
    for _ in range(6):
        delays.append(backoff.delay(0.0))
        backoff = backoff.failed()

    assert delays == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@given(st.integers(0, 5000), st.floats(0.0, 1.0, exclude_max=True))
def test_jitter_takes_at_most_a_half_off(attempts: int, chance: float) -> None:
    backoff = Backoff(first=0.5, longest=30.0)
    for _ in range(min(attempts, 100)):
        backoff = backoff.failed()

    assert backoff.delay(0.0) / 2 <= backoff.delay(chance) <= backoff.delay(0.0) <= 30.0


def sent_at(pace: Pace, seconds: float, steps: list[float]) -> list[float]:
    """When submissions go if the link looks after these steps, again and again."""
    now, sent, turn = 0.0, [], 0
    while now < seconds:
        while pace.take(now):
            sent.append(now)
        now += steps[turn % len(steps)]
        turn += 1
    return sent


def busiest_second(sent: list[float]) -> int:
    most, first = 0, 0
    for last, moment in enumerate(sent):
        while sent[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


@given(
    st.sampled_from([1.0, 7.0, 10.0, 50.0, 100.0, 333.0, 1000.0]),
    st.lists(st.floats(0.0005, 0.7), min_size=1, max_size=20),
)
def test_no_second_sees_more_than_the_rate_and_two_percent(rate: float, steps: list[float]) -> None:
    sent = sent_at(Pace(rate, 0.0), 5.0, steps)

    assert busiest_second(sent) <= rate * 1.02


@pytest.mark.parametrize("rate", [10.0, 100.0, 1000.0, 5000.0])
def test_the_rate_is_reached_with_timers_of_a_millisecond(rate: float) -> None:
    sent = sent_at(Pace(rate, 0.0), 10.0, [0.001])

    assert len(sent) >= 0.98 * rate * 10


@given(st.floats(1.0, 10_000.0), st.integers(0, 300))
def test_waiting_as_long_as_it_says_is_enough(rate: float, taken: int) -> None:
    pace = Pace(rate, 0.0)
    now = 0.0
    for _ in range(taken):
        while not pace.take(now):
            now += pace.wait(now) + 1e-6

    assert now <= taken / rate + taken * 1e-5


def test_throttling_pauses_and_halves_the_pace() -> None:
    pace = Pace(100.0, 0.0)
    sent_at(pace, 2.0, [0.001])

    pace.slow(2.0, 1.0)

    assert pace.paused(2.9)
    assert not pace.take(2.9)
    assert pace.rate == pytest.approx(50.0, rel=0.05)
    assert not pace.paused(3.0)


def test_many_complaints_in_one_pause_count_once() -> None:
    pace = Pace(100.0, 0.0)
    sent_at(pace, 2.0, [0.001])
    for _ in range(100):
        pace.slow(2.0, 1.0)

    assert pace.rate > 40.0


def test_an_unlimited_pace_slows_from_what_it_reached() -> None:
    pace = Pace(1e6, 0.0)
    for tick in range(1500):
        assert pace.take(tick / 1000)

    pace.slow(1.5, 1.0)

    assert pace.rate == pytest.approx(500.0, rel=0.05)


def test_the_pace_recovers_when_nobody_complains() -> None:
    pace = Pace(100.0, 0.0)
    pace.slow(0.0, 1.0)
    sent_at(pace, 30.0, [0.001])

    assert pace.rate == 100.0


def test_the_pace_never_stops_for_good() -> None:
    pace = Pace(100.0, 0.0)
    for second in range(0, 100, 2):
        pace.slow(float(second), 1.0)

    assert pace.rate >= 1.0
