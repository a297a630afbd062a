"""`…/phone-number`: the numbers that an extension may use, and those of the account.

Source: wire.md 3.4; guide 002.
"""

from enum import StrEnum

from postroom.api.call import Call, Reply, encode
from postroom.api.countries import nature
from postroom.api.endpoint import A, Group, Reach, X, endpoint
from postroom.api.pages import cut, given
from postroom.api.path_ids import answer, ids_of
from postroom.api.query import PageQuery
from postroom.model.company import Company, PhoneNumber, Usage
from postroom.model.errors import NotFound
from postroom.model.extension import Extension, ExtensionStatus
from postroom.wire import uris
from postroom.wire.paging import Arguments
from postroom.wire.phone_number_info import (
    ExtensionPhoneNumberList,
    PhoneNumberInfo,
    PhoneNumberList,
    extension_phone_number_info,
    phone_number_info,
)

ORDER = (Usage.DIRECT, Usage.COMPANY, Usage.MAIN)


class NumberStatus(StrEnum):
    """The statuses that may be asked for; every number here is normal."""

    NORMAL = "Normal"
    PENDING = "Pending"
    PORTED_IN = "PortedIn"
    TEMPORARY = "Temporary"
    UNKNOWN = "Unknown"


class UsageType(StrEnum):
    """The usages that may be asked for, whether any number here has them or not."""

    MAIN = "MainCompanyNumber"
    ADDITIONAL = "AdditionalCompanyNumber"
    COMPANY = "CompanyNumber"
    DIRECT = "DirectNumber"
    COMPANY_FAX = "CompanyFaxNumber"
    FORWARDED = "ForwardedNumber"
    FORWARDED_COMPANY = "ForwardedCompanyNumber"
    CONTACT_CENTER = "ContactCenterNumber"
    CONFERENCING = "ConferencingNumber"
    MEETINGS = "MeetingsNumber"
    POOL = "NumberPool"
    STORAGE = "NumberStorage"
    BUSINESS_MOBILE = "BusinessMobileNumber"
    FMC_BUSINESS_MOBILE = "FmcBusinessMobileNumber"
    INVENTORY_FMC = "InventoryFmcBusinessMobileNumber"
    PARTNER_MOBILE = "PartnerBusinessMobileNumber"
    POOL_PARTNER_MOBILE = "NumberPoolPartnerBusinessMobileNumber"
    INVENTORY_MOBILE = "InventoryMobileNumber"
    ELIN = "ELIN"
    INTEGRATION = "IntegrationNumber"


class Payment(StrEnum):
    """The ways of payment that may be asked for."""

    EXTERNAL = "External"
    TOLL_FREE = "TollFree"
    LOCAL = "Local"
    MOBILE_PROVIDER = "BusinessMobileNumberProvider"
    EXTERNAL_PROVIDER = "ExternalNumberProvider"
    EXTERNAL_TOLL_FREE = "ExternalNumberProviderTollFree"
    MOBILE = "Mobile"


class NumberQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of both lists."""

    status: tuple[NumberStatus, ...] = ()
    usage_type: tuple[UsageType, ...] = ()


class AccountNumberQuery(NumberQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of the account's list."""

    payment_type: tuple[Payment, ...] = ()
    extension_status: ExtensionStatus | None = None


@endpoint(
    "GET",
    f"{X}/phone-number",
    "listExtensionPhoneNumbers",
    scope="ReadAccounts",
    permission="ReadUserPhoneNumbers",
    reach=Reach.PERSONAL,
    query=NumberQuery,
    answer=ExtensionPhoneNumberList,
)
async def list_extension_numbers(call: Call[NumberQuery, None]) -> ExtensionPhoneNumberList:
    """List the numbers that an extension may use, and for what."""
    company, extension = call.company, call.extension
    found = [one for one in _usable(company, extension) if _matches(one, call.query)]
    uri = f"{uris.extension(call.base, company.account_id, extension.id)}/phone-number"
    shown, place = cut(call.query, uri, _arguments(call.query), found)
    records = [
        extension_phone_number_info(
            company, extension, one, call.base, nature(one.msisdn, call.base)
        )
        for one in shown
    ]
    return ExtensionPhoneNumberList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


def _usable(company: Company, extension: Extension) -> list[PhoneNumber]:
    """An extension's own numbers, and those of the company; its direct ones come first."""
    usable = [
        one
        for one in company.numbers.values()
        if one.owner == extension.id or one.usage is not Usage.DIRECT
    ]
    return sorted(usable, key=lambda one: (ORDER.index(one.usage), one.id))


def _matches(number: PhoneNumber, query: NumberQuery) -> bool:
    return (not query.status or NumberStatus.NORMAL in query.status) and (
        not query.usage_type or str(number.usage) in query.usage_type
    )


def _arguments(query: NumberQuery) -> Arguments:
    return given(status=query.status, usageType=query.usage_type)


@endpoint(
    "GET",
    f"{A}/phone-number",
    "listAccountPhoneNumbers",
    scope="ReadAccounts",
    permission="ReadCompanyPhoneNumbers",
    group=Group.HEAVY,
    query=AccountNumberQuery,
    answer=PhoneNumberList,
)
async def list_account_numbers(call: Call[AccountNumberQuery, None]) -> PhoneNumberList:
    """List the numbers of the account."""
    company, query = call.company, call.query
    found = [
        one
        for one in sorted(company.numbers.values(), key=lambda one: one.id)
        if _matches(one, query) and _belongs(call, one)
    ]
    arguments = {
        **_arguments(query),
        **given(paymentType=query.payment_type, extensionStatus=query.extension_status),
    }
    uri = f"{uris.account(call.base, company.account_id)}/phone-number"
    shown, place = cut(call.query, uri, arguments, found)
    records = [_info(call, one) for one in shown]
    return PhoneNumberList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


def _belongs(call: Call[AccountNumberQuery, None], number: PhoneNumber) -> bool:
    """Whether a number is paid for, and owned, as it is asked for."""
    query = call.query
    owner = call.company.extensions.get(number.owner)
    payment = str(nature(number.msisdn, call.base).payment_type)
    return (not query.payment_type or payment in query.payment_type) and (
        query.extension_status is None
        or (owner is not None and owner.status is query.extension_status)
    )


def _info(
    call: Call[AccountNumberQuery, None] | Call[None, None], one: PhoneNumber
) -> PhoneNumberInfo:
    return phone_number_info(call.company, one, call.base, nature(one.msisdn, call.base))


@endpoint(
    "GET",
    f"{A}/phone-number/{{phoneNumberId}}",
    "readAccountPhoneNumber",
    scope="ReadAccounts",
    permission="ReadCompanyPhoneNumbers",
    answer=PhoneNumberInfo,
    several="phoneNumberId",
)
async def read_account_number(call: Call[None, None]) -> Reply:
    """Get a number of the account, or several."""
    ids = ids_of(call, "phoneNumberId")
    by_id = {int(one.id): one for one in call.company.numbers.values()}
    bodies = [
        encode(_info(call, by_id[id])) if id in by_id else NotFound("phoneNumberId") for id in ids
    ]
    account_id = call.company.account_id
    return answer(call, ids, bodies, lambda id: uris.phone_number(call.base, account_id, id))
