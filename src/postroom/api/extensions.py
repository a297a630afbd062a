"""`…/extension`: the extensions of an account.

Source: wire.md 3.3.
"""

from enum import StrEnum

from postroom.api.call import Call, Reply, encode
from postroom.api.countries import home_country
from postroom.api.endpoint import A, Group, Reach, X, endpoint
from postroom.api.features import service_features
from postroom.api.pages import cut, given
from postroom.api.path_ids import answer, ids_of
from postroom.api.query import PageQuery
from postroom.model.errors import NotFound
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.wire import uris
from postroom.wire.extension_info import (
    ExtensionDetails,
    ExtensionList,
    extension_details,
    extension_info,
)


class Status(StrEnum):
    """The statuses that may be asked for; nobody here is unassigned."""

    ENABLED = "Enabled"
    DISABLED = "Disabled"
    FROZEN = "Frozen"
    NOT_ACTIVATED = "NotActivated"
    UNASSIGNED = "Unassigned"


class Type(StrEnum):
    """The types that may be asked for, whether anybody here is of them or not."""

    USER = "User"
    DEPARTMENT = "Department"
    VOICEMAIL = "Voicemail"
    ANNOUNCEMENT = "Announcement"
    DIGITAL_USER = "DigitalUser"
    VIRTUAL_USER = "VirtualUser"
    FAX_USER = "FaxUser"
    PAGING_ONLY = "PagingOnly"
    SHARED_LINES_GROUP = "SharedLinesGroup"
    DELEGATED_LINES_GROUP = "DelegatedLinesGroup"
    GROUP_CALL_PICKUP = "GroupCallPickup"
    IVR_MENU = "IvrMenu"
    APPLICATION_EXTENSION = "ApplicationExtension"
    PROXY_ADMIN = "ProxyAdmin"
    ROOM_CONNECTOR = "RoomConnector"
    PARK_LOCATION = "ParkLocation"
    LIMITED = "Limited"
    BOT = "Bot"
    SITE = "Site"
    ROOM = "Room"
    FLEXIBLE_USER = "FlexibleUser"
    TIE_LINE = "TieLine"
    UNKNOWN = "Unknown"


class ExtensionQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of the list."""

    extension_number: str | None = None
    email: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    type: tuple[Type, ...] = ()


@endpoint(
    "GET",
    f"{A}/extension",
    "listExtensions",
    scope="ReadAccounts",
    permission="ReadExtensions",
    group=Group.MEDIUM,
    query=ExtensionQuery,
    answer=ExtensionList,
)
async def list_extensions(call: Call[ExtensionQuery, None]) -> ExtensionList:
    """List the extensions of the account."""
    query, company = call.query, call.company
    found = [one for one in company.extensions.values() if _matches(one, query)]
    found.sort(key=lambda one: (len(one.number), one.number))
    arguments = given(
        extensionNumber=query.extension_number,
        email=query.email,
        status=query.status,
        type=query.type,
    )
    uri = f"{uris.account(call.base, company.account_id)}/extension"
    shown, place = cut(call.query, uri, arguments, found)
    records = [extension_info(company, one, call.base) for one in shown]
    return ExtensionList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )


def _matches(extension: Extension, query: ExtensionQuery) -> bool:
    emails = [email.strip().lower() for email in query.email]
    return (
        query.extension_number in (None, extension.number)
        and (not emails or extension.email.lower() in emails)
        and (not query.status or str(extension.status) in query.status)
        and (not query.type or str(extension.type) in query.type)
    )


@endpoint(
    "GET",
    X,
    "readExtension",
    scope="ReadAccounts",
    permission="ReadExtensions",
    reach=Reach.COLLEAGUE,
    answer=ExtensionDetails,
    several="extensionId",
)
async def read_extension(call: Call[None, None]) -> Reply:
    """Get an extension, or several."""
    own = call.caller.extension.id
    spelled = call.path["extensionId"]
    ids = [own] if spelled == "~" else [ExtensionId(id) for id in ids_of(call, "extensionId")]
    alone = len(ids) == 1
    found = [call.company.extensions.get(id) for id in ids]
    bodies = [
        NotFound("extensionId") if one is None else encode(_details(call, one, alone=alone))
        for one in found
    ]
    account_id = call.company.account_id
    return answer(call, ids, bodies, lambda id: uris.extension(call.base, account_id, id))


def _details(call: Call[None, None], extension: Extension, *, alone: bool) -> ExtensionDetails:
    """An extension; what it can do is only shown to itself, its departments only when alone."""
    company = call.company
    is_own = extension.id == call.caller.extension.id
    return extension_details(
        company,
        extension,
        call.base,
        home_country(company.settings.home_country, call.base),
        departments=alone,
        features=service_features(company, extension) if is_own else None,
    )
