"""Parsed phone numbers as JSON.

Source: wire.md 3.6, number-parser.
"""

import msgspec

from postroom.wire.region_info import CountryInfo


class ParsedNumber(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """One number; of a text that is none only the original and its digits are shown."""

    original_string: str
    country: CountryInfo | None = None
    area_code: str | None = None
    subscriber_number: str | None = None
    formatted_national: str | None = None
    formatted_international: str | None = None
    dialable: str
    e164: str | None = None
    special: bool
    normalized: str
    toll_free: bool


class ParsedNumbers(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """The numbers in the order in which they were given."""

    uri: str
    home_country: CountryInfo
    phone_numbers: list[ParsedNumber]
