from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.oauth import (
    FAILURES_FORGOTTEN_MS,
    FREE_FAILURES,
    LONGEST_LOCK_MS,
    REPEAT_AFTER_USE_MS,
    REPEAT_UNUSED_MS,
    App,
    Failures,
    access_ttl,
    granted_scopes,
    may_repeat,
    proves,
    refresh_ttl,
    username,
)

MINUTE = 60_000
VERIFIER = "dBjftJeZ4CVP-mBJdf6Ds9Jh3Cqkn83Tn4m-Vs0cA9E"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@given(st.text() | st.integers().map(str) | st.none())
def test_an_access_token_always_lives_ten_minutes_to_an_hour(asked: str | None) -> None:
    assert 600 <= access_ttl(asked, 3600) <= 3600


@given(st.text() | st.integers().map(str) | st.none())
def test_a_refresh_token_never_lives_longer_than_the_default(asked: str | None) -> None:
    assert 1 <= refresh_ttl(asked, 604_800) <= 604_800


@pytest.mark.parametrize(
    ("asked", "seconds"), [("600", 600), ("599", 600), ("3601", 3600), ("1800", 1800)]
)
def test_a_life_out_of_range_is_clamped(asked: str, seconds: int) -> None:
    assert access_ttl(asked, 3600) == seconds


def test_scopes_keep_the_order_of_the_app() -> None:
    app = App(
        client_id="a",
        name="A",
        secret_hash=None,
        scopes=("ReadAccounts", "SMS", "Faxes"),
        grants=frozenset(),
    )

    assert granted_scopes(app, None) == app.scopes
    assert granted_scopes(app, "Faxes  openid ReadAccounts") == ("ReadAccounts", "Faxes")
    assert granted_scopes(app, "openid") == ()


@pytest.mark.parametrize(
    ("verifier", "challenge", "method", "fits"),
    [
        (VERIFIER, CHALLENGE, "S256", True),
        (VERIFIER, VERIFIER, "plain", True),
        (VERIFIER, CHALLENGE, "plain", False),
        (VERIFIER, VERIFIER, "S256", False),
        (VERIFIER[:-1], CHALLENGE, "S256", False),
        (None, CHALLENGE, "S256", False),
        (VERIFIER, None, None, False),
        (None, None, None, True),
        ("ä" * 43, "ä" * 43, "plain", False),
        ("a" * 129, "a" * 129, "plain", False),
    ],
)
def test_a_verifier_fits_its_own_challenge_only(
    verifier: str | None, challenge: str | None, method: str | None, fits: bool
) -> None:
    assert proves(verifier, challenge, method) is fits


def test_a_replaced_token_repeats_for_an_hour_or_ten_seconds_after_first_use() -> None:
    replaced, used = 1_000_000, 1_500_000

    assert may_repeat(replaced, None, replaced + REPEAT_UNUSED_MS)
    assert not may_repeat(replaced, None, replaced + REPEAT_UNUSED_MS + 1)
    assert may_repeat(replaced, used, used + REPEAT_AFTER_USE_MS)
    assert not may_repeat(replaced, used, used + REPEAT_AFTER_USE_MS + 1)


def test_five_failures_are_free_and_each_further_one_locks_twice_as_long() -> None:
    failures = Failures()
    locks = []
    for number in range(14):
        failures = failures.one_more(number)
        locks.append(failures.locked_ms(number) // MINUTE)

    assert locks == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


@given(st.integers(FREE_FAILURES, 10**9), st.integers(0, 10**15))
def test_a_lock_is_never_longer_than_an_hour_and_always_ends(count: int, last_ms: int) -> None:
    failures = Failures(count, last_ms)

    assert MINUTE <= failures.locked_ms(last_ms) <= LONGEST_LOCK_MS
    assert failures.locked_ms(last_ms + LONGEST_LOCK_MS) == 0


def test_failures_are_forgotten_after_a_day() -> None:
    failures = Failures(9, 0)

    assert failures.one_more(FAILURES_FORGOTTEN_MS).count == 10
    assert failures.one_more(FAILURES_FORGOTTEN_MS + 1).count == 1


@pytest.mark.parametrize(
    ("typed", "extension", "name", "number"),
    [
        ("+16505550100", None, "+16505550100", None),
        ("16505550100*101", None, "+16505550100", "101"),
        ("+1 650 555-0100", " 101 ", "+16505550100", "101"),
        ("16505550100*102", "101", "+16505550100", "102"),
        ("16505550100*", "", "+16505550100", None),
        (" Ada@Demo.Invalid ", None, "ada@demo.invalid", None),
        ("Ada", None, "ada", None),
        ("", None, "", None),
        ("٠١٢", None, "٠١٢", None),
    ],
)
def test_a_username_has_one_spelling(
    typed: str, extension: str | None, name: str, number: str | None
) -> None:
    found = username(typed, extension)

    assert (found.name, found.extension) == (name, number)
    assert found.is_email is ("@" in name)
