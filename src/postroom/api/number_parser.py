"""`POST …/number-parser/parse`: phone numbers taken apart.

Source: wire.md 3.6.
"""

from typing import Annotated

import msgspec
import phonenumbers
from msgspec import Meta
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from postroom.api.call import Call
from postroom.api.countries import countries, country_info, country_of
from postroom.api.endpoint import V1, endpoint
from postroom.model.address import LONGEST, is_short
from postroom.model.errors import InvalidParameter
from postroom.wire import uris
from postroom.wire.number_info import ParsedNumber, ParsedNumbers

MOST = 64
Spelled = Annotated[str, Meta(max_length=LONGEST)]


class ParseQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How numbers without a country code are read."""

    home_country: str | None = None
    national_as_priority: bool = False


class ParseRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Numbers as people write them."""

    original_strings: Annotated[list[Spelled], Meta(min_length=1, max_length=MOST)]


@endpoint(
    "POST",
    f"{V1}/number-parser/parse",
    "parsePhoneNumber",
    query=ParseQuery,
    body=ParseRequest,
    answer=ParsedNumbers,
)
async def parse_numbers(call: Call[ParseQuery, ParseRequest]) -> ParsedNumbers:
    """Take phone numbers apart."""
    iso_code = (call.query.home_country or call.company.settings.home_country).upper()
    home = countries().get(iso_code)
    if home is None:
        raise InvalidParameter("homeCountry")
    return ParsedNumbers(
        uri=uris.rest(call.base, "/number-parser/parse"),
        home_country=country_info(home, call.base),
        phone_numbers=[_parsed(text, iso_code, call.base) for text in call.body.original_strings],
    )


def _parsed(text: str, iso_code: str, base: str) -> ParsedNumber:
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    try:
        number = phonenumbers.parse(text, iso_code)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or is_short(text) or not phonenumbers.is_possible_number(number):
        special = bool(digits) and is_short(text)
        return ParsedNumber(
            original_string=text,
            dialable=digits,
            special=special,
            normalized=digits,
            toll_free=False,
        )
    return _taken_apart(text, number, base)


def _taken_apart(text: str, number: phonenumbers.PhoneNumber, base: str) -> ParsedNumber:
    country = country_of(number)
    national = phonenumbers.national_significant_number(number)
    area = phonenumbers.length_of_geographical_area_code(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return ParsedNumber(
        original_string=text,
        country=None if country is None else country_info(country, base),
        area_code=national[:area] or None,
        subscriber_number=national[area:],
        formatted_national=phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL),
        formatted_international=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        dialable=e164,
        e164=e164,
        special=False,
        normalized=e164.removeprefix("+"),
        toll_free=phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE,
    )
