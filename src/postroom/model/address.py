"""Phone numbers as people spell them, and as they are kept: MSISDNs in E.164 with `+`.

A number is checked for being possible, never for being valid: numbering plans move faster than
tables.  Source: guide 002 (its own number 14151003732 is not a valid one); wire.md 5.10.
"""

from functools import lru_cache

import phonenumbers

SHORT_DIGITS = 6
LONGEST = 64
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""The countries whose way to dial is known, as ISO 3166 codes."""
POSSIBLE = phonenumbers.ValidationResult.IS_POSSIBLE
"""Of a length that the country has; what can only be dialled inside of a town has another one."""


@lru_cache(maxsize=65_536)
def parse_msisdn(text: str, home_country: str) -> str | None:
    """The MSISDN, or `None` when it cannot be a phone number.

    With or without `+`, formatted or not; a space in front is a `+` that a query lost.
    """
    if not text or len(text) > LONGEST:
        return None
    spelled = f"+{text.lstrip()}" if text[0] == " " else text.strip()
    if spelled.startswith("+"):
        return _possible(spelled, None)
    digits = spelled if spelled.isascii() and spelled.isdigit() else ""
    return _possible(spelled, home_country) or (_possible(f"+{digits}", None) if digits else None)


def _possible(spelled: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(spelled, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or phonenumbers.is_possible_number_with_reason(number) != POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_short(text: str) -> bool:
    """Whether it is a short code: a few digits and nothing else."""
    spelled = text.strip()
    return spelled.isascii() and spelled.isdigit() and len(spelled) <= SHORT_DIGITS
