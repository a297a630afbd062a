"""`POST /postroom/v1/simulator/inbound`: an SMS comes in, as if a carrier had brought it.

Only in demo mode, and only for administrators: it can say that anybody wrote.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from postroom.api.call import Call
from postroom.api.counter import Bring
from postroom.api.endpoint import Group, Reach, endpoint
from postroom.model.address import parse_msisdn
from postroom.model.errors import InvalidParameter, InvalidReference, Unavailable
from postroom.transports import TemporaryFailure

LONGEST = 10_000


class InboundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An SMS from outside; without a carrier the first that is simulated brings it."""

    from_: str = msgspec.field(name="from")
    to: str
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]
    carrier: str | None = None


class InboundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was brought, and by whom; whether it was stored is for the rules to say."""

    carrier: str
    from_: str = msgspec.field(name="from")
    to: str
    text: str


@endpoint(
    "POST",
    "/postroom/v1/simulator/inbound",
    "simulateInboundSms",
    group=Group.LIGHT,
    reach=Reach.ADMINISTRATOR,
    body=InboundRequest,
    answer=InboundAnswer,
    demo=True,
)
async def bring_sms(call: Call[None, InboundRequest]) -> InboundAnswer:
    """Let a simulated carrier bring an SMS."""
    request = call.body
    carrier, bring = _carrier(call, request.carrier)
    sender, recipient = _number(call, request.from_, "from"), _number(call, request.to, "to")
    if recipient not in call.company.numbers:
        raise InvalidReference("to")
    try:
        await bring(sender, recipient, request.text)
    except TemporaryFailure as failure:
        raise Unavailable from failure
    return InboundAnswer(carrier=carrier, from_=sender, to=recipient, text=request.text)


def _carrier(call: Call[None, InboundRequest], name: str | None) -> tuple[str, Bring]:
    """The simulated carrier of a name, or the first."""
    doors = call.counter.bring
    chosen = name if name is not None else next(iter(doors), None)
    if chosen is None or chosen not in doors:
        raise InvalidReference("carrier")
    return chosen, doors[chosen]


def _number(call: Call[None, InboundRequest], spelled: str, parameter: str) -> str:
    msisdn = parse_msisdn(spelled, call.company.settings.home_country)
    if msisdn is None:
        raise InvalidParameter(parameter)
    return msisdn
