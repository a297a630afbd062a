"""An account as JSON.

Source: wire.md 3.2.
"""

import msgspec

from postroom.model.company import Company
from postroom.model.ids import ExtensionId
from postroom.wire import uris
from postroom.wire.feature_info import ServiceFeatureInfo
from postroom.wire.region_info import CountryInfo, RegionalSettings, regional_settings

LONGEST_EXTENSION_NUMBER = 8


class OperatorInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """The extension that stands for the account: the system extension."""

    uri: str
    id: int
    extension_number: str


class BrandInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Who serves the account."""

    id: str
    name: str
    home_country: CountryInfo


class PlanInfo(msgspec.Struct, kw_only=True, frozen=True):
    """What the account may use: everything that there is."""

    id: str
    name: str
    edition: str


class BillingInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """What it costs: nothing."""

    id: str
    name: str
    duration_unit: str
    duration: int
    type: str


class LimitsInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """How much of something there may be."""

    max_extension_number_length: int


class ServiceInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel", omit_defaults=True):
    """The service of an account; the last two stand only on its own resource."""

    uri: str
    brand: BrandInfo
    service_plan: PlanInfo
    billing_plan: BillingInfo
    service_features: list[ServiceFeatureInfo] | None = None
    limits: LimitsInfo | None = None


class SignupInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """How the account came to be."""

    tos_accepted: bool
    signup_state: list[str]


class AccountInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel", omit_defaults=True):
    """One account."""

    id: int
    uri: str
    main_number: str | None = None
    operator: OperatorInfo | None = None
    service_info: ServiceInfo
    setup_wizard_state: str
    signup_info: SignupInfo
    status: str
    regional_settings: RegionalSettings
    federated: bool
    limits: LimitsInfo


def account_info(company: Company, base: str, home_country: CountryInfo) -> AccountInfo:
    """The record of an account."""
    return AccountInfo(
        id=company.account_id,
        uri=uris.account(base, company.account_id),
        main_number=company.main_number,
        operator=_operator(company, base),
        service_info=service_info(company, base, home_country),
        setup_wizard_state="Completed",
        signup_info=SignupInfo(tos_accepted=True, signup_state=["AccountConfirmed"]),
        status="Confirmed",
        regional_settings=regional_settings(base, home_country),
        federated=False,
        limits=_LIMITS,
    )


def _operator(company: Company, base: str) -> OperatorInfo | None:
    system = company.extensions.get(ExtensionId(company.account_id))
    if system is None:
        return None
    return OperatorInfo(
        uri=uris.extension(base, company.account_id, system.id),
        id=system.id,
        extension_number=system.number,
    )


def service_info(
    company: Company,
    base: str,
    home_country: CountryInfo,
    features: list[ServiceFeatureInfo] | None = None,
) -> ServiceInfo:
    """The service of an account, with its features where they are asked for."""
    return ServiceInfo(
        uri=f"{uris.account(base, company.account_id)}/service-info",
        brand=BrandInfo(id="1", name="Postroom", home_country=home_country),
        service_plan=PlanInfo(id="1", name="Postroom", edition="Community"),
        billing_plan=BillingInfo(
            id="1", name="Free", duration_unit="Month", duration=1, type="Free"
        ),
        service_features=features,
        limits=None if features is None else _LIMITS,
    )


_LIMITS = LimitsInfo(max_extension_number_length=LONGEST_EXTENSION_NUMBER)
