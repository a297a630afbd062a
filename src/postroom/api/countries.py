"""Countries, and which one a phone number belongs to.

`countries.tsv` holds one a line: ISO code and name.  Ids are RingCentral's where they are known,
and made of the two letters otherwise.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from postroom.wire import uris
from postroom.wire.phone_number_info import Nature, PaymentType
from postroom.wire.region_info import CountryInfo

KNOWN_IDS = {"US": 1, "CA": 39, "GB": 224}
FIRST_ID = 1000


class Country(NamedTuple):
    """A country; the calling code is without `+`."""

    id: int
    iso_code: str
    name: str
    calling_code: int


@cache
def countries() -> dict[str, Country]:
    """All countries by their ISO codes."""
    codes = {
        region: code
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
    }
    lines = files("postroom.api").joinpath("countries.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return {iso: Country(_id(iso), iso, name, codes[iso]) for iso, name in rows}


def _id(iso: str) -> int:
    first, second = (ord(letter) - ord("A") for letter in iso)
    return KNOWN_IDS.get(iso, FIRST_ID + 26 * first + second)


def country_info(country: Country, base: str) -> CountryInfo:
    """The record of a country."""
    return CountryInfo(
        id=str(country.id),
        uri=uris.rest(base, f"/dictionary/country/{country.id}"),
        name=country.name,
        iso_code=country.iso_code,
        calling_code=str(country.calling_code),
    )


def home_country(iso_code: str, base: str) -> CountryInfo:
    """The record of an account's home country."""
    return country_info(countries()[iso_code], base)


def country_of(number: phonenumbers.PhoneNumber) -> Country | None:
    """The country of a number; of one that is not valid, the first with its calling code."""
    region = phonenumbers.region_code_for_number(number)
    if region is None and number.country_code is not None:
        region = phonenumbers.region_code_for_country_code(number.country_code)
    return countries().get(region or "")


@lru_cache(maxsize=65_536)
def nature(msisdn: str, base: str) -> Nature:
    """What a number says about itself."""
    number = phonenumbers.parse(msisdn)
    country = country_of(number)
    is_free = phonenumbers.number_type(number) == PhoneNumberType.TOLL_FREE
    return Nature(
        PaymentType.TOLL_FREE if is_free else PaymentType.LOCAL,
        None if country is None else country_info(country, base),
    )
