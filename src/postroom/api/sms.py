"""`POST …/sms`: one text from one of the caller's numbers."""

from collections.abc import Awaitable
from typing import Any

import msgspec

from postroom.api.bodies import JSON_TYPES, decode
from postroom.api.call import Call, Reply
from postroom.api.endpoint import Freshness, Group, Reach, X, endpoint
from postroom.api.promises import once
from postroom.model.drafts import SmsDraft
from postroom.model.errors import InvalidParameter, NotSupported, Unparsable
from postroom.model.refusals import CountryGivenTwice
from postroom.wire import multipart
from postroom.wire.message_info import MessageInfo


class Caller(msgspec.Struct, frozen=True, rename="camel"):
    """One end of an SMS in a request."""

    phone_number: str | None = None


class Country(msgspec.Struct, frozen=True, rename="camel"):
    """The destination's country, by id or by ISO code."""

    id: str | int | None = None
    iso_code: str | None = None


class SmsRequest(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a request to send."""

    from_: Caller = msgspec.field(name="from")
    to: list[Caller]
    text: str
    country: Country | None = None


@endpoint(
    "POST",
    f"{X}/sms",
    "createSMSMessage",
    scope="SMS",
    permission="OutboundSMS",
    group=Group.MEDIUM,
    reach=Reach.SENDER,
    freshness=Freshness.WITHIN,
    body=SmsRequest,
    answer=MessageInfo,
    media=("application/json", "multipart/form-data", "multipart/mixed"),
    symbolic=True,
    raw=True,
)
def create_sms(call: Call[None, SmsRequest]) -> Awaitable[Reply]:
    """Send an SMS."""
    return once(call, call.counter.desk.send_sms, _draft(decode(SmsRequest, _envelope(call))))


def _envelope(call: Call[Any, Any]) -> bytes:
    """The JSON of the request, whether it is the body or one part of it."""
    content_type = call.headers.get("content-type", "")
    if content_type in JSON_TYPES or not content_type.lower().startswith("multipart/"):
        return call.octets
    request = multipart.parse(content_type, call.octets)
    if request.envelope is None:
        raise Unparsable("The multipart body has no JSON part")
    if request.parts:
        raise NotSupported("createMMS")
    return request.envelope


def _draft(request: SmsRequest) -> SmsDraft:
    sender = request.from_.phone_number
    if sender is None:
        raise InvalidParameter("from.phoneNumber", "it is required")
    recipients = tuple([one.phone_number for one in request.to if one.phone_number is not None])
    if len(recipients) < len(request.to):
        raise InvalidParameter("to.phoneNumber", "it is required")
    country = request.country
    if country is not None and country.id is not None and country.iso_code is not None:
        raise CountryGivenTwice
    return SmsDraft(sender=sender, recipients=recipients, text=request.text)
