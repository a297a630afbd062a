"""What a delivery receipt says, in the text of SMPP's appendix B and its many dialects.

    id:0a1b2c sub:001 dlvrd:001 submit date:2601051200 done date:2601051201 stat:DELIVRD err:000
    text:Hello

SMSCs write other letter case, other order, blanks behind the colon, underscores in `done date`,
seconds or a century in dates, and leave out what they like.  TLVs, where there are any, say the
same in a sure form: the id in the spelling of `submit_sm_resp`, the state as a number.

Source: SMPP 3.4 §5.3.2.12, §5.3.2.31, §5.3.2.35, appendix B.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from postroom.model.traffic import Report
from postroom.transports.smpp.fields import Tag


class State(NamedTuple):
    """What a state means for the message; `delivery_error` where it failed."""

    report: Report
    delivery_error: str | None = None


class Receipt(NamedTuple):
    """One receipt; the id is empty when it names none."""

    id: str
    report: Report
    delivery_error: str | None
    done_at: datetime | None


GENERAL: Final = "SMS-CAR-500"
_UNDERWAY: Final = State(Report.UNDERWAY)
_DELIVERED: Final = State(Report.DELIVERED)
_EXPIRED: Final = State(Report.FAILED, "SMS-CAR-410")
_UNDELIVERABLE: Final = State(Report.FAILED, GENERAL)
_REJECTED: Final = State(Report.FAILED, "SMS-CAR-431")

STATES: Final[dict[str, State]] = {
    "DELIVRD": _DELIVERED,
    "DELIVERED": _DELIVERED,
    "EXPIRED": _EXPIRED,
    "DELETED": _UNDELIVERABLE,
    "UNDELIV": _UNDELIVERABLE,
    "UNDELIVERED": _UNDELIVERABLE,
    "UNDELIVERABLE": _UNDELIVERABLE,
    "FAILED": _UNDELIVERABLE,
    "SKIPPED": _UNDELIVERABLE,
    "REJECTD": _REJECTED,
    "REJECTED": _REJECTED,
}
"""States by word; every other word (ENROUTE, ACCEPTD, UNKNOWN, BUFFRED) is not final."""

MESSAGE_STATES: Final[dict[int, State]] = {
    2: _DELIVERED,
    3: _EXPIRED,
    4: _UNDELIVERABLE,
    5: _UNDELIVERABLE,
    8: _REJECTED,
    9: _UNDELIVERABLE,
}
"""States by the number in the TLV `message_state`; others are not final."""

NETWORK_ERRORS: Final[dict[int, str]] = {
    1: "SMS-CAR-411",  # unknown subscriber
    5: "SMS-CAR-411",  # unidentified subscriber
    6: "SMS-CAR-412",  # absent subscriber
    9: "SMS-CAR-411",  # illegal subscriber
    11: "SMS-CAR-400",  # teleservice not provisioned
    12: "SMS-CAR-411",  # illegal equipment
    13: "SMS-CAR-431",  # call barred
    21: "SMS-CAR-400",  # facility not supported
    27: "SMS-CAR-412",  # absent subscriber
    31: "SMS-CAR-412",  # subscriber busy
    33: "SMS-CAR-412",  # message waiting list full
}
"""Network error codes of GSM (MAP), which most SMSCs hand through as `err`."""

_TEXT: Final = re.compile(r"\btext\s{0,3}[:=]", re.IGNORECASE)
_PAIR: Final = re.compile(
    r"\b(id|stat|err|done[ _]?date)\s{0,3}[:=]\s{0,3}"
    r"(?!\w+\s?[:=])([^\s:=;,]{1,80}(?: \d\d:\d\d(?::\d\d)?)?)",
    re.IGNORECASE,
)
_DATES: Final = (
    (re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{8}"), "%Y%m%d%H%M%S"),
    (re.compile(r"20\d{2}(?:0[1-9]|1[0-2])\d{6}"), "%Y%m%d%H%M"),
    (re.compile(r"\d{12}"), "%y%m%d%H%M%S"),
    (re.compile(r"\d{10}"), "%y%m%d%H%M"),
)


def looks_like_one(text: str) -> bool:
    """Whether a text that nobody calls a receipt reads like one."""
    pairs = _pairs(text)
    return "id" in pairs and "stat" in pairs


def parse(text: str, tlvs: Mapping[int, bytes], utc_offset: float = 0.0) -> Receipt:
    """Read a receipt; TLVs win over the text.

    What cannot be read is left open: no id, underway, no time.
    """
    pairs = _pairs(text)
    state = _state(pairs, tlvs)
    error = state.delivery_error
    if error == GENERAL:
        error = NETWORK_ERRORS.get(_network_error(pairs, tlvs), GENERAL)
    return Receipt(
        id=_tlv_id(tlvs) or pairs.get("id", ""),
        report=state.report,
        delivery_error=error,
        done_at=_moment(pairs.get("donedate", ""), utc_offset),
    )


def _pairs(text: str) -> dict[str, str]:
    """The first value of each key; what the message itself says is not looked at."""
    pairs: dict[str, str] = {}
    for key, value in _PAIR.findall(_TEXT.split(text[:1000], maxsplit=1)[0]):
        pairs.setdefault(re.sub("[ _]", "", key.lower()), value)
    return pairs


def _tlv_id(tlvs: Mapping[int, bytes]) -> str:
    return tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"")[:256].partition(b"\0")[0].decode("latin-1")


def _state(pairs: Mapping[str, str], tlvs: Mapping[int, bytes]) -> State:
    number = tlvs.get(Tag.MESSAGE_STATE, b"")
    if len(number) == 1 and number[0] in MESSAGE_STATES:
        return MESSAGE_STATES[number[0]]
    return STATES.get(pairs.get("stat", "").upper(), _UNDERWAY)


def _network_error(pairs: Mapping[str, str], tlvs: Mapping[int, bytes]) -> int:
    code = tlvs.get(Tag.NETWORK_ERROR_CODE, b"")
    if len(code) == 3:
        return int.from_bytes(code[1:])
    written = pairs.get("err", "")
    return int(written) if written.isdecimal() and len(written) < 6 else 0


def _moment(written: str, utc_offset: float) -> datetime | None:
    digits = re.sub(r"[^0-9]", "", written)
    for pattern, layout in _DATES:
        if pattern.fullmatch(digits):
            try:
                local = datetime.strptime(digits, layout).replace(tzinfo=UTC)
            except ValueError:
                continue
            return local - timedelta(seconds=utc_offset)
    return None
