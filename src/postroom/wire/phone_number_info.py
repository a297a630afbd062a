"""A phone number as JSON, seen from an extension and from the account.

Source: wire.md 3.4, A.11; guide 002, the SmsSender flag of departments.
"""

from enum import StrEnum

import msgspec
from msgspec.structs import asdict

from postroom.model.access import may_send
from postroom.model.company import Company, PhoneNumber, Usage
from postroom.model.extension import Extension
from postroom.wire import uris
from postroom.wire.extension_info import ExtensionReference, reference
from postroom.wire.paging import NavigationInfo, PagingInfo
from postroom.wire.region_info import CountryInfo


class PaymentType(StrEnum):
    """Who pays for a call to a number, spelled as on the wire."""

    TOLL_FREE = "TollFree"
    LOCAL = "Local"


class Feature(StrEnum):
    """What an extension may do with a number, spelled as on the wire."""

    CALLER_ID = "CallerId"
    SMS_SENDER = "SmsSender"


class PhoneNumberInfo(
    msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"
):
    """One number."""

    id: int
    uri: str
    phone_number: str
    payment_type: PaymentType
    type: str
    usage_type: Usage
    status: str
    country: CountryInfo | None = None
    primary: bool
    extension: ExtensionReference | None = None


class ExtensionPhoneNumberInfo(PhoneNumberInfo, kw_only=True, frozen=True, omit_defaults=True):
    """One number that an extension may use, and for what; the list is never left out."""

    features: list[Feature]


class PhoneNumberList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of the numbers of an account."""

    uri: str
    records: list[PhoneNumberInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class ExtensionPhoneNumberList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of the numbers of an extension."""

    uri: str
    records: list[ExtensionPhoneNumberInfo]
    paging: PagingInfo
    navigation: NavigationInfo


class Nature(msgspec.Struct, frozen=True):
    """What a number says about itself."""

    payment_type: PaymentType
    country: CountryInfo | None


def phone_number_info(
    company: Company, number: PhoneNumber, base: str, nature: Nature
) -> PhoneNumberInfo:
    """The record of a number of the account, with the extension that it belongs to."""
    owner = company.extensions.get(number.owner)
    return PhoneNumberInfo(
        id=number.id,
        uri=uris.phone_number(base, company.account_id, number.id),
        phone_number=number.msisdn,
        payment_type=nature.payment_type,
        type="VoiceFax",
        usage_type=number.usage,
        status="Normal",
        country=nature.country,
        primary=number.usage is Usage.MAIN,
        extension=None if owner is None else reference(owner, base),
    )


def extension_phone_number_info(
    company: Company, extension: Extension, number: PhoneNumber, base: str, nature: Nature
) -> ExtensionPhoneNumberInfo:
    """The record of a number that an extension may use, and for what."""
    known = asdict(phone_number_info(company, number, base, nature))
    if number.usage is not Usage.DIRECT:
        known["extension"] = None
    return ExtensionPhoneNumberInfo(**known, features=features(extension, number))


def features(extension: Extension, number: PhoneNumber) -> list[Feature]:
    """What an extension may do with a number: only its own numbers send SMS."""
    if number.owner == extension.id and may_send(extension):
        return [Feature.SMS_SENDER, Feature.CALLER_ID]
    return [Feature.CALLER_ID]
