"""Structured logs: one line per event on standard error, as JSON or for people.

    log = logs.get("transports.smpp")
    log.warning("bind refused", carrier=name, status=status)

An event is a constant sentence; whatever varies is a value with a name, so that `redaction` can
judge it.  A line carries the request's id when there is one (`REQUEST_ID`).
"""

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, Literal, cast

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger

from postroom.observability.redaction import harmless, redacted, trace

Line = MutableMapping[str, Any]
Level = Literal["debug", "info", "warning", "error"]

REQUEST_ID: ContextVar[str | None] = ContextVar("REQUEST_ID", default=None)
"""The id of the request that is being served, as in the header `RCRequestId`."""

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
KEPT_LEVEL = {"uvicorn": "INFO", "uvicorn.access": "CRITICAL"}
"""Loggers of others that do not begin at WARNING; uvicorn's access lines would show queries."""


class Output:
    """Where lines go, from which level on, and how they look; one per process."""

    def __init__(self) -> None:
        self.least = LEVELS["info"]
        self.stream: BinaryIO = sys.stderr.buffer
        self.render: Callable[[Line], bytes] = _as_json

    def write(self, line: bytes) -> None:
        """Write one line at once, so that lines of several threads do not mix."""
        with contextlib.suppress(OSError, ValueError):  # no line is worth a message
            self.stream.write(line + b"\n")
            self.stream.flush()

    debug = info = warning = error = critical = write


def _as_json(line: Line) -> bytes:
    return msgspec.json.encode(line)


_console = structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time", pad_event_to=24)


def _for_people(line: Line) -> bytes:
    return _console(None, "", line).encode()


RENDERERS: dict[str, Callable[[Line], bytes]] = {"json": _as_json, "console": _for_people}
OUTPUT = Output()


def _line(_logger: object, level: str, event: Line) -> bytes:
    """The rendered line.  Raises `DropEvent` below the least level."""
    if LEVELS[level] < OUTPUT.least:
        raise structlog.DropEvent
    line: Line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": level,
        "event": harmless(event.pop("event", "")),
    }
    if id := REQUEST_ID.get():
        line["request_id"] = id
    if error := _error(event.pop("exc_info", None)):
        line["exception"] = trace(error)
    line.update((name, redacted(name, value)) for name, value in event.items())
    return OUTPUT.render(line)


def _error(exc_info: object) -> BaseException | None:
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exception()
        case _:
            return None


def get(room: str) -> FilteringBoundLogger:
    """A logger whose lines say which room they come from."""
    logger = structlog.wrap_logger(
        OUTPUT,
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger("debug"),
        room=room,
    )
    return cast(FilteringBoundLogger, logger.bind())


def configure(level: Level, format: Literal["json", "console"], stream: BinaryIO) -> None:
    """Choose level, look and place of all lines; also takes over what libraries log.

    Call it once at start.  uvicorn must be run with `log_config=None`.
    """
    OUTPUT.least = LEVELS[level]
    OUTPUT.render = RENDERERS[format]
    OUTPUT.stream = stream
    logging.basicConfig(handlers=[FromLibraries()], level=logging.WARNING, force=True)
    for name, kept in KEPT_LEVEL.items():
        logging.getLogger(name).setLevel(kept)
    sys.excepthook = _died
    threading.excepthook = lambda args: _died(args.exc_type, args.exc_value, args.exc_traceback)


def _died(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        get("process").critical("died of an error", exc_info=error)


class FromLibraries(logging.Handler):
    """Brings what libraries log into the same lines.

    Of asyncio only what stands before a parenthesis is kept, and of all the first line: behind it
    come arguments and results.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record of a library."""
        said = record.getMessage().partition("\n")[0]
        if record.name == "asyncio":
            said = said.partition("(")[0]
        get(record.name).log(record.levelno, said, exc_info=record.exc_info)
