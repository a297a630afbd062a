import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from postroom.model.errors import PostroomError
from postroom.observability import logs
from tests.needs import ROOT

from .conftest import Written

SECRET = "hush-4711"


@dataclass
class Letter:
    text: str


@contextmanager
def libraries_brought_in() -> Iterator[None]:
    handler = logs.FromLibraries()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)


def test_a_line_has_time_level_event_room_and_its_values(written: Written) -> None:
    logs.get("outbox").info("claimed", count=3)

    [line] = written.lines()
    assert line.pop("time")
    assert line == {"level": "info", "event": "claimed", "room": "outbox", "count": 3}


def test_a_line_carries_the_id_of_the_request_that_is_served(written: Written) -> None:
    before = logs.REQUEST_ID.set("r-1")
    logs.get("api").info("answered")
    logs.REQUEST_ID.reset(before)
    logs.get("api").info("idle")

    [served, idle] = written.lines()
    assert served["request_id"] == "r-1"
    assert "request_id" not in idle


def test_lines_below_the_level_are_not_written(written: Written) -> None:
    logs.get("api").debug("detail")

    assert written.lines() == []


@pytest.mark.parametrize(
    "name",
    [
        *("text", "token", "access_token", "refresh_token", "password", "secret", "client_secret"),
        *("authorization", "assertion", "subject", "code", "code_verifier", "jwt", "smsText"),
        *("body", "headers", "query", "pdu", "cookie", "content"),
    ],
)
def test_values_under_secret_names_are_not_written(written: Written, name: str) -> None:
    logs.get("api").info("event", **{name: SECRET}, inside={name: SECRET}, many=[{name: SECRET}])

    assert SECRET not in written.getvalue().decode()


def test_harmless_neighbours_of_secret_names_are_written(written: Written) -> None:
    logs.get("api").info("refused", error_code="MSG-324", status_code=400, content_type="a/b")

    [line] = written.lines()
    assert line["error_code"] == "MSG-324"
    assert line["status_code"] == 400
    assert line["content_type"] == "a/b"


@pytest.mark.parametrize(
    "value",
    [
        SECRET.encode(),
        Letter(SECRET),
        [SECRET.encode()],
        ValueError(SECRET),
        f"Authorization: Bearer {SECRET}",
        f"/content/1?access_token={SECRET}&x=1",
        f"postgresql://postroom:{SECRET}@db/postroom",
    ],
    ids=type,
)
def test_values_that_may_hold_a_text_or_a_token_are_not_written(
    written: Written, value: object
) -> None:
    logs.get("api").info(f"event {value if isinstance(value, str) else ''}", value=value)

    assert SECRET not in written.getvalue().decode()


def test_a_trace_says_where_and_what_kind_but_quotes_nothing(written: Written) -> None:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise PostroomError(SECRET) from cause
    except PostroomError:
        logs.get("api").exception("failed")

    [line] = written.lines()
    trace = str(line["exception"])
    assert SECRET not in trace
    assert "test_logs.py" in trace
    assert "ValueError\nwhich led to" in trace
    assert trace.endswith("PostroomError CMN-203")


def test_the_trace_of_a_group_shows_each_of_its_errors(written: Written) -> None:
    group = ExceptionGroup("several", [KeyError(SECRET), ConnectionRefusedError(111, "refused")])

    logs.get("worker").error("failed", exc_info=group)

    trace = str(written.lines()[0]["exception"])
    assert "KeyError" in trace
    assert "ConnectionRefusedError: refused" in trace
    assert SECRET not in trace


def test_what_libraries_log_comes_into_the_same_lines(written: Written) -> None:
    with libraries_brought_in():
        logging.getLogger("some.library").warning("%s of %s\ndetails %s", 1, 2, SECRET)

    [line] = [one for one in written.lines() if one["room"] == "some.library"]
    assert (line["level"], line["event"]) == ("warning", "1 of 2")


async def test_what_asyncio_says_of_a_lost_error_quotes_nothing(written: Written) -> None:
    loop = asyncio.get_running_loop()
    with libraries_brought_in():
        loop.default_exception_handler(
            {"message": f"Exception in callback take('{SECRET}')", "exception": KeyError(SECRET)}
        )

    assert written.lines()[0]["event"] == "Exception in callback take"
    assert SECRET not in written.getvalue().decode()


def test_for_people_a_line_begins_with_time_and_event(written: Written) -> None:
    logs.OUTPUT.render = logs.RENDERERS["console"]

    logs.get("outbox").info("claimed", count=3)

    line = written.getvalue().decode()
    assert "claimed" in line
    assert "count=3" in line


def test_a_process_that_dies_of_an_error_says_so_in_a_line_and_quotes_nothing() -> None:
    code = (
        "import sys; from postroom.observability import logs; "
        "logs.configure('info', 'json', sys.stderr.buffer); "
        f"raise ValueError('{SECRET}')"
    )

    died = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert died.returncode == 1
    assert '"event":"died of an error"' in died.stderr
    assert SECRET not in died.stderr


def test_a_place_that_takes_no_lines_hurts_nobody(written: Written) -> None:
    written.close()

    logs.get("api").info("something happened")

    assert logs.OUTPUT.stream.closed
