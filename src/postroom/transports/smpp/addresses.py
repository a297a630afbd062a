"""Phone numbers as SMPP writes them, and as E.164 with `+`.

    type of number           on the wire      becomes
    1 international          16505550100      +16505550100
    2 national               6505550100       +16505550100, with the country code 1
    any, looks international +16505550100     +16505550100
                             0016505550100    +16505550100
                             16505550100      +16505550100
    any, a short code        24273            24273
    5 alphanumeric           Pizza 24         Pizza 24

Source: SMPP 3.4 §5.2.5.
"""

import re
from typing import Final

INTERNATIONAL: Final = 1
NATIONAL: Final = 2
ALPHANUMERIC: Final = 5

_WITH_SIGN: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})", re.ASCII)
_NUMBER: Final = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
_LOOKS_INTERNATIONAL: Final = re.compile(r"[1-9][0-9]{10,14}", re.ASCII)
_NATIONAL: Final = re.compile(r"0?([1-9][0-9]{6,13})", re.ASCII)


def outbound(address: str, ton: int, npi: int) -> tuple[int, int, str]:
    """Type of number, numbering plan and digits; a number without `+` is of unknown type."""
    if address.startswith("+"):
        return ton, npi, address[1:]
    return 0, npi, address


def inbound(ton: int, address: str, country_code: str | None) -> str:
    """The address in E.164 where it is a phone number; others stay as they are."""
    if ton == ALPHANUMERIC:
        return address
    address = address.strip()
    if found := _WITH_SIGN.fullmatch(address):
        return f"+{found[1]}"
    if ton == INTERNATIONAL and _NUMBER.fullmatch(address):
        return f"+{address}"
    if ton == NATIONAL and country_code and (found := _NATIONAL.fullmatch(address)):
        return f"+{country_code}{found[1]}"
    return f"+{address}" if _LOOKS_INTERNATIONAL.fullmatch(address) else address
