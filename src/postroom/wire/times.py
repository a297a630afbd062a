"""Times as on the wire: `2012-10-16T06:34:58.000Z`, always UTC, always milliseconds.

Source: wire.md 0.3.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

SECOND = 1000
EARLIEST = -62_135_596_800_000
LATEST = 253_402_300_799_999
"""The first and the last moment that can be spelled, of the years 1 and 9999."""

_PATTERN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?)?)?"
    r"\s*(Z|[+-]\d\d(?::?\d\d)?)?"
)


_MILLISECONDS = tuple(f"{ms:03}Z" for ms in range(SECOND))


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='seconds')}."


def iso(unix_ms: int) -> str:
    """Unix milliseconds as text."""
    return _second(unix_ms // SECOND) + _MILLISECONDS[unix_ms % SECOND]


def parse(text: str) -> int | None:
    """Unix milliseconds of any prefix of ISO 8601; without a zone it is UTC; `None` if it is none.

    A query that was not encoded has lost its `+`: a space before the zone stands for it.
    """
    match = _PATTERN.fullmatch(re.sub(r"[ ](?=\d\d:?\d\d$)", "+", text.strip()))
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")[:6]),
            tzinfo=_zone(zone),
        )
        unix_ms = round(moment.timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None
    return unix_ms if EARLIEST <= unix_ms <= LATEST else None


def _zone(zone: str | None) -> timezone:
    if zone is None or zone == "Z":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)
