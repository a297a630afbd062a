"""What a negative answer to `submit_sm` means for the message.

Each status says whether trying again can help, and which `deliveryErrorCode` the API shows.  A
status that is not in the table, as carriers of their own making send, is final.
"""

from typing import Final, NamedTuple

from postroom.model.traffic import Failure, Fate
from postroom.transports.smpp.status import Status, spell

UPSTREAM: Final = "SMS-UP-500"
TOO_LONG: Final = "SMS-UP-432"
MALFORMED: Final = "SMS-UP-433"
BAD_DESTINATION: Final = "SMS-UP-410"
BAD_SOURCE: Final = "SMS-UP-414"
SET_UP_WRONGLY: Final = "SMS-RC-504"
FLAGGED: Final = "SMS-UP-431"


class Meaning(NamedTuple):
    """What a status tells about the message it refused."""

    fate: Fate
    delivery_error: str = UPSTREAM
    not_bound: bool = False


_LATER: Final = Meaning(Fate.TEMPORARY)
_NEVER: Final = Meaning(Fate.PERMANENT)
_MALFORMED: Final = Meaning(Fate.PERMANENT, MALFORMED)
_BAD_SOURCE: Final = Meaning(Fate.PERMANENT, BAD_SOURCE)
_BAD_DESTINATION: Final = Meaning(Fate.PERMANENT, BAD_DESTINATION)
_SET_UP_WRONGLY: Final = Meaning(Fate.PERMANENT, SET_UP_WRONGLY)

MEANINGS: Final[dict[int, Meaning]] = {
    Status.RINVMSGLEN: Meaning(Fate.PERMANENT, TOO_LONG),
    Status.RINVCMDLEN: _MALFORMED,
    Status.RINVCMDID: _MALFORMED,
    Status.RINVBNDSTS: Meaning(Fate.TEMPORARY, UPSTREAM, not_bound=True),
    Status.RALYBND: _LATER,
    Status.RINVPRTFLG: _MALFORMED,
    Status.RINVREGDLVFLG: _MALFORMED,
    Status.RSYSERR: _LATER,
    Status.RINVSRCADR: _BAD_SOURCE,
    Status.RINVDSTADR: _BAD_DESTINATION,
    Status.RINVMSGID: _MALFORMED,
    Status.RBINDFAIL: _LATER,
    Status.RINVPASWD: _LATER,
    Status.RINVSYSID: _LATER,
    Status.RMSGQFUL: _LATER,
    Status.RINVSERTYP: _SET_UP_WRONGLY,
    Status.RINVESMCLASS: _MALFORMED,
    Status.RSUBMITFAIL: _NEVER,
    Status.RINVSRCTON: _BAD_SOURCE,
    Status.RINVSRCNPI: _BAD_SOURCE,
    Status.RINVDSTTON: _BAD_DESTINATION,
    Status.RINVDSTNPI: _BAD_DESTINATION,
    Status.RINVSYSTYP: _SET_UP_WRONGLY,
    Status.RINVREPFLAG: _MALFORMED,
    Status.RTHROTTLED: _LATER,
    Status.RINVSCHED: _MALFORMED,
    Status.RINVEXPIRY: _MALFORMED,
    Status.RINVDFTMSGID: _MALFORMED,
    Status.RX_T_APPN: _LATER,
    Status.RX_P_APPN: _NEVER,
    Status.RX_R_APPN: _NEVER,
    Status.RINVOPTPARSTREAM: _MALFORMED,
    Status.ROPTPARNOTALLWD: _MALFORMED,
    Status.RINVPARLEN: _MALFORMED,
    Status.RMISSINGOPTPARAM: _MALFORMED,
    Status.RINVOPTPARAMVAL: _MALFORMED,
    Status.RDELIVERYFAILURE: _NEVER,
    Status.RUNKNOWNERR: _LATER,
    Status.RSERTYPUNAUTH: _SET_UP_WRONGLY,
    Status.RPROHIBITED: Meaning(Fate.PERMANENT, FLAGGED),
    Status.RSERTYPUNAVAIL: _LATER,
    Status.RSERTYPDENIED: _SET_UP_WRONGLY,
    Status.RINVDCS: _MALFORMED,
}

SLOW_DOWN: Final = frozenset({Status.RTHROTTLED, Status.RMSGQFUL})
"""The carrier wants fewer per second; the segment is tried again after a pause."""


def refusal(status: int) -> Failure:
    """The failure that a negative answer means."""
    meaning = MEANINGS.get(status, _NEVER)
    return Failure(
        fate=meaning.fate,
        reason=spell(status),
        delivery_error=meaning.delivery_error,
        not_bound=meaning.not_bound,
    )


def not_bound(reason: str) -> Failure:
    """Nothing was written, because the link is down or not ours any more."""
    return Failure(fate=Fate.TEMPORARY, reason=reason, not_bound=True)


def uncertain(reason: str) -> Failure:
    """It was written, and no answer will come."""
    return Failure(fate=Fate.UNCERTAIN, reason=reason)


def unspeakable(reason: str) -> Failure:
    """It cannot be put into a PDU, at no time and nowhere."""
    return Failure(fate=Fate.PERMANENT, reason=reason, delivery_error=MALFORMED)
