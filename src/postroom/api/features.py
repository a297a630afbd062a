"""What an extension can do: one table, shown as features and as service features.

Source: wire.md 3.3, 3.6, 5.2.
"""

from collections.abc import Callable

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import Group, Reach, X, endpoint
from postroom.channels.sms.reception import takes_sms
from postroom.model.access import may_send, permissions
from postroom.model.company import Company
from postroom.model.extension import Extension, ExtensionType
from postroom.wire.feature_info import (
    FeatureInfo,
    FeatureList,
    ReasonCode,
    ReasonInfo,
    ServiceFeatureInfo,
)

Lack = Callable[[Company, Extension], ReasonCode | None]

SENTENCES: dict[ReasonCode, str] = {
    ReasonCode.NOT_OFFERED: "This server does not offer it",
    ReasonCode.TYPE: "Extensions of this type cannot do it",
    ReasonCode.EXTENSION: "The extension has no phone number",
    ReasonCode.PERMISSION: "The user lacks the permission",
}


class FeatureQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Which features are asked for."""

    feature_id: tuple[str, ...] = ()
    available_only: bool = False


class Ability(msgspec.Struct, frozen=True):
    """A feature: its id, the name it has as a service, the permission it needs, and what lacks."""

    id: str
    service: str | None
    permission: str | None
    lack: Lack


def _nothing(company: Company, extension: Extension) -> None:
    """Everybody can."""


def _not_offered(company: Company, extension: Extension) -> ReasonCode:
    return ReasonCode.NOT_OFFERED


def _sends_sms(company: Company, extension: Extension) -> ReasonCode | None:
    return _number(company, extension) if may_send(extension) else ReasonCode.TYPE


def _receives_sms(company: Company, extension: Extension) -> ReasonCode | None:
    if extension.is_active and not takes_sms(company, extension):
        return ReasonCode.TYPE
    return _number(company, extension)


def _number(company: Company, extension: Extension) -> ReasonCode | None:
    return None if company.numbers_of(extension.id) else ReasonCode.EXTENSION


def _sends_pages(company: Company, extension: Extension) -> ReasonCode | None:
    return None if extension.type is ExtensionType.USER else ReasonCode.TYPE


ABILITIES = (
    Ability("SMSSending", "SMS", "OutboundSMS", _sends_sms),
    Ability("SMSReceiving", "SMSReceiving", None, _receives_sms),
    Ability("MMSSending", "MMS", None, _not_offered),
    Ability("InternationalSMS", "InternationalSMS", None, _not_offered),
    Ability("PagesSending", "Pager", "InternalSMS", _sends_pages),
    Ability("PagesReceiving", "PagerReceiving", None, _nothing),
    Ability("FaxSending", "Fax", None, _not_offered),
    Ability("FaxReceiving", "FaxReceiving", None, _not_offered),
    Ability("Voicemail", "Voicemail", None, _not_offered),
    Ability("VoicemailToText", "VoicemailToText", None, _not_offered),
    Ability("VoicemailBroadcasting", None, None, _not_offered),
    Ability("CallQueueSmsRecipient", None, None, _not_offered),
    Ability("MessageThreads", None, None, _not_offered),
    Ability("Archiver", "Archiver", None, _not_offered),
    Ability("ReadMessages", None, "ReadMessages", _nothing),
    Ability("EditMessages", None, "EditMessages", _nothing),
    Ability("ReadCompanyInfo", None, "ReadCompanyInfo", _nothing),
    Ability("ReadExtensions", None, "ReadExtensions", _nothing),
    Ability("ReadExtensionPhoneNumbers", None, "ReadUserPhoneNumbers", _nothing),
    Ability("ReadAccountPhoneNumbers", None, "ReadCompanyPhoneNumbers", _nothing),
    Ability("ReadExtensionGrant", None, "ReadExtensionGrant", _nothing),
    Ability("ReadMessageAndNotificationSettings", None, None, _not_offered),
    Ability("EditMessageAndNotificationSettings", None, None, _not_offered),
)


def _reason(company: Company, extension: Extension, ability: Ability) -> ReasonInfo | None:
    """What stands against an ability of an extension."""
    code = ability.lack(company, extension)
    if code is not None:
        return ReasonInfo(code=code, message=SENTENCES[code])
    if ability.permission is None or ability.permission in permissions(extension):
        return None
    return ReasonInfo(
        code=ReasonCode.PERMISSION,
        message=SENTENCES[ReasonCode.PERMISSION],
        permission=ability.permission,
    )


def service_features(company: Company, extension: Extension) -> list[ServiceFeatureInfo]:
    """What an extension can do, as it stands beside it."""
    found = [(one, _reason(company, extension, one)) for one in ABILITIES]
    return [
        ServiceFeatureInfo(
            feature_name=one.service,
            enabled=reason is None,
            reason=None if reason is None else reason.code,
        )
        for one, reason in found
        if one.service is not None
    ]


def company_features() -> list[ServiceFeatureInfo]:
    """What there is at all."""
    return [
        ServiceFeatureInfo(feature_name=one.service, enabled=one.lack is not _not_offered)
        for one in ABILITIES
        if one.service is not None
    ]


@endpoint(
    "GET",
    f"{X}/features",
    "readExtensionFeatures",
    scope="ReadAccounts",
    permission="ReadExtensions",
    group=Group.MEDIUM,
    reach=Reach.PERSONAL,
    query=FeatureQuery,
    answer=FeatureList,
)
async def read_features(call: Call[FeatureQuery, None]) -> FeatureList:
    """List what an extension can do."""
    wanted = call.query.feature_id
    reasons = {
        one.id: _reason(call.company, call.extension, one)
        for one in ABILITIES
        if not wanted or one.id in wanted
    }
    return FeatureList(
        records=[
            FeatureInfo(id=id, available=reason is None, reason=reason)
            for id, reason in reasons.items()
            if reason is None or not call.query.available_only
        ]
    )
