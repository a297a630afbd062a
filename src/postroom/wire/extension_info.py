"""An extension as JSON.

Source: wire.md 3.3.
"""

import msgspec
from msgspec.structs import asdict

from postroom.model.company import Company
from postroom.model.extension import Extension, ExtensionStatus
from postroom.wire import uris
from postroom.wire.feature_info import ServiceFeatureInfo
from postroom.wire.paging import NavigationInfo, PagingInfo
from postroom.wire.region_info import CountryInfo, RegionalSettings, regional_settings
from postroom.wire.times import iso


class Switch(msgspec.Struct, frozen=True):
    """Something that is on or off."""

    enabled: bool


class PermissionsInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """The two permissions that are shown with an extension."""

    admin: Switch
    international_calling: Switch


class StatusInfo(msgspec.Struct, kw_only=True, frozen=True):
    """Why an extension is disabled."""

    comment: str
    reason: str


class ContactInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """Whom the extension belongs to."""

    first_name: str
    last_name: str | None = None
    company: str
    email: str | None = None


class AccountReference(msgspec.Struct, kw_only=True, frozen=True):
    """The account of an extension."""

    id: str
    uri: str


class DepartmentReference(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """A department that the extension is a member of."""

    id: str
    uri: str
    extension_number: str


class ExtensionReference(
    msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"
):
    """An extension where something else refers to it."""

    id: int
    uri: str
    extension_number: str
    name: str | None = None
    type: str | None = None


class ExtensionInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """An extension in a list."""

    id: int
    uri: str
    extension_number: str
    name: str
    type: str
    status: str
    status_info: StatusInfo | None = None
    contact: ContactInfo
    permissions: PermissionsInfo
    setup_wizard_state: str
    hidden: bool


class ExtensionDetails(ExtensionInfo, kw_only=True, frozen=True, omit_defaults=True):
    """An extension by itself; `departments` and `serviceFeatures` are not shown to everybody."""

    account: AccountReference
    departments: list[DepartmentReference] | None = None
    extension_numbers: list[str]
    regional_settings: RegionalSettings
    service_features: list[ServiceFeatureInfo] | None = None
    creation_time: str | None = None


class ExtensionList(msgspec.Struct, kw_only=True, frozen=True):
    """A page of extensions."""

    uri: str
    records: list[ExtensionInfo]
    paging: PagingInfo
    navigation: NavigationInfo


def extension_info(company: Company, extension: Extension, base: str) -> ExtensionInfo:
    """The record of an extension in a list."""
    disabled = extension.status is ExtensionStatus.DISABLED
    waiting = extension.status is ExtensionStatus.NOT_ACTIVATED
    return ExtensionInfo(
        id=extension.id,
        uri=uris.extension(base, extension.account_id, extension.id),
        extension_number=extension.number,
        name=extension.name,
        type=extension.type,
        status=extension.status,
        status_info=StatusInfo(comment="", reason="Voluntarily") if disabled else None,
        contact=ContactInfo(
            first_name=extension.first_name,
            last_name=extension.last_name or None,
            company=company.name,
            email=extension.email or None,
        ),
        permissions=PermissionsInfo(
            admin=Switch(extension.administrator), international_calling=Switch(True)
        ),
        setup_wizard_state="NotStarted" if waiting else "Completed",
        hidden=False,
    )


def extension_details(
    company: Company,
    extension: Extension,
    base: str,
    home_country: CountryInfo,
    *,
    departments: bool = False,
    features: list[ServiceFeatureInfo] | None = None,
) -> ExtensionDetails:
    """The record of an extension by itself."""
    return ExtensionDetails(
        **asdict(extension_info(company, extension, base)),
        account=AccountReference(
            id=str(company.account_id), uri=uris.account(base, company.account_id)
        ),
        departments=_departments(company, extension, base) if departments else None,
        extension_numbers=[extension.number],
        regional_settings=regional_settings(base, home_country),
        service_features=features,
        creation_time=iso(extension.created_ms) if extension.created_ms else None,
    )


def _departments(company: Company, extension: Extension, base: str) -> list[DepartmentReference]:
    mine = company.departments_of.get(extension.id, frozenset())
    return [
        DepartmentReference(
            id=str(id),
            uri=uris.extension(base, extension.account_id, id),
            extension_number=company.extensions[id].number,
        )
        for id in sorted(mine)
    ]


def reference(extension: Extension, base: str, *, named: bool = True) -> ExtensionReference:
    """An extension where something else refers to it; `named` says what it is called as well."""
    return ExtensionReference(
        id=extension.id,
        uri=uris.extension(base, extension.account_id, extension.id),
        extension_number=extension.number,
        name=extension.name if named else None,
        type=extension.type if named else None,
    )
