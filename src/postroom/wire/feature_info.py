"""What an extension can do, as JSON: features, and their older form, service features.

Source: wire.md 3.3, 3.6.
"""

from enum import StrEnum

import msgspec


class ReasonCode(StrEnum):
    """Why a feature is not available, spelled as on the wire."""

    NOT_OFFERED = "ServicePlanLimitation"
    TYPE = "ExtensionTypeLimitation"
    EXTENSION = "ExtensionLimitation"
    PERMISSION = "InsufficientPermissions"


class ReasonInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """Why a feature is not available; `permission` is the one that is lacking."""

    code: ReasonCode
    message: str
    permission: str | None = None


class FeatureInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One feature of an extension."""

    id: str
    available: bool
    reason: ReasonInfo | None = None


class FeatureList(msgspec.Struct, kw_only=True, frozen=True):
    """The features of an extension; there are no pages."""

    records: list[FeatureInfo]


class ServiceFeatureInfo(
    msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"
):
    """One feature, as it stands beside an extension."""

    feature_name: str
    enabled: bool
    reason: str | None = None
