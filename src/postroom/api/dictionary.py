"""`/restapi/v1.0/dictionary`: countries, and the one language and time zone of this server.

Source: wire.md 3.1.
"""

import msgspec

from postroom.api.call import Call
from postroom.api.countries import countries, country_info
from postroom.api.endpoint import V1, endpoint
from postroom.api.pages import cut
from postroom.api.query import PageQuery
from postroom.model.errors import NotFound
from postroom.wire import uris
from postroom.wire.paging import NavigationInfo, PagingInfo
from postroom.wire.region_info import CountryInfo, LanguageInfo, TimezoneInfo, language, timezone


class CountryList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of countries."""

    uri: str
    records: list[CountryInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class LanguageList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of languages."""

    uri: str
    records: list[LanguageInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class TimezoneList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of time zones."""

    uri: str
    records: list[TimezoneInfo]
    paging: PagingInfo
    navigation: NavigationInfo


@endpoint("GET", f"{V1}/dictionary/country", "listCountries", query=PageQuery, answer=CountryList)
async def list_countries(call: Call[PageQuery, None]) -> CountryList:
    """List the countries."""
    found = sorted(countries().values(), key=lambda one: one.name)
    shown, place = cut(call.query, uris.rest(call.base, "/dictionary/country"), {}, found)
    records = [country_info(one, call.base) for one in shown]
    return CountryList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


@endpoint("GET", f"{V1}/dictionary/country/{{countryId}}", "readCountry", answer=CountryInfo)
async def read_country(call: Call[None, None]) -> CountryInfo:
    """Get a country."""
    for country in countries().values():
        if call.path["countryId"] == str(country.id):
            return country_info(country, call.base)
    raise NotFound("countryId")


@endpoint("GET", f"{V1}/dictionary/language", "listLanguages", query=PageQuery, answer=LanguageList)
async def list_languages(call: Call[PageQuery, None]) -> LanguageList:
    """List the languages."""
    found = [language(call.base)]
    shown, place = cut(call.query, uris.rest(call.base, "/dictionary/language"), {}, found)
    return LanguageList(
        uri=place.uri, records=list(shown), paging=place.paging, navigation=place.navigation
    )


@endpoint("GET", f"{V1}/dictionary/language/{{languageId}}", "readLanguage", answer=LanguageInfo)
async def read_language(call: Call[None, None]) -> LanguageInfo:
    """Get a language."""
    english = language(call.base)
    _check(call, "languageId", english.id)
    return english


@endpoint("GET", f"{V1}/dictionary/timezone", "listTimezones", query=PageQuery, answer=TimezoneList)
async def list_timezones(call: Call[PageQuery, None]) -> TimezoneList:
    """List the time zones."""
    found = [timezone(call.base)]
    shown, place = cut(call.query, uris.rest(call.base, "/dictionary/timezone"), {}, found)
    return TimezoneList(
        uri=place.uri, records=list(shown), paging=place.paging, navigation=place.navigation
    )


@endpoint("GET", f"{V1}/dictionary/timezone/{{timezoneId}}", "readTimezone", answer=TimezoneInfo)
async def read_timezone(call: Call[None, None]) -> TimezoneInfo:
    """Get a time zone."""
    utc = timezone(call.base)
    _check(call, "timezoneId", utc.id)
    return utc


def _check(call: Call[None, None], parameter: str, known: str) -> None:
    if call.path[parameter] != known:
        raise NotFound(parameter)
