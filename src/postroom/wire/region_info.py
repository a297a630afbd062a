"""Countries, languages and time zones as JSON, and the settings that are made of them.

Source: wire.md 3.1, 3.2.
"""

import msgspec

from postroom.wire import uris


class CountryInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """A country; the id is RingCentral's where it is known."""

    id: str
    uri: str
    name: str
    iso_code: str
    calling_code: str


class LanguageInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """A language, which is also a locale."""

    id: str
    uri: str
    name: str
    locale_code: str
    iso_code: str
    ui: bool
    greeting: bool
    formatting_locale: bool


class TimezoneInfo(msgspec.Struct, kw_only=True, frozen=True):
    """A time zone; `bias` is its distance from UTC in minutes."""

    id: str
    uri: str
    name: str
    description: str
    bias: str


class RegionalSettings(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """How numbers, times and texts are read and written."""

    timezone: TimezoneInfo
    home_country: CountryInfo
    language: LanguageInfo
    greeting_language: LanguageInfo
    formatting_locale: LanguageInfo
    time_format: str


def language(base: str) -> LanguageInfo:
    """The one language that is spoken here."""
    return LanguageInfo(
        id="1033",
        uri=uris.rest(base, "/dictionary/language/1033"),
        name="English (United States)",
        locale_code="en-US",
        iso_code="en",
        ui=True,
        greeting=True,
        formatting_locale=True,
    )


def timezone(base: str) -> TimezoneInfo:
    """The one time zone that is used here."""
    return TimezoneInfo(
        id="1",
        uri=uris.rest(base, "/dictionary/timezone/1"),
        name="UTC",
        description="Coordinated Universal Time",
        bias="0",
    )


def regional_settings(base: str, home_country: CountryInfo) -> RegionalSettings:
    """The settings of an account or an extension."""
    english = language(base)
    return RegionalSettings(
        timezone=timezone(base),
        home_country=home_country,
        language=english,
        greeting_language=english,
        formatting_locale=english,
        time_format="24h",
    )
