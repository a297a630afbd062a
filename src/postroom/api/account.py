"""`GET …/account/{accountId}` and its service.

Source: wire.md 3.2.
"""

from postroom.api.call import Call
from postroom.api.countries import home_country
from postroom.api.endpoint import A, endpoint
from postroom.api.features import company_features
from postroom.wire.account_info import AccountInfo, ServiceInfo, account_info, service_info


@endpoint(
    "GET",
    A,
    "readAccountInfo",
    scope="ReadAccounts",
    permission="ReadCompanyInfo",
    answer=AccountInfo,
)
async def read_account(call: Call[None, None]) -> AccountInfo:
    """Get the account."""
    company = call.company
    return account_info(company, call.base, home_country(company.settings.home_country, call.base))


@endpoint(
    "GET",
    f"{A}/service-info",
    "readAccountServiceInfo",
    scope="ReadAccounts",
    permission="ReadCompanyInfo",
    answer=ServiceInfo,
)
async def read_service(call: Call[None, None]) -> ServiceInfo:
    """Get what the account may use."""
    company = call.company
    home = home_country(company.settings.home_country, call.base)
    return service_info(company, call.base, home, company_features())
