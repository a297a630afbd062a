"""`GET …/grant`: what an extension may do with others.

Source: wire.md 3.6.
"""

from postroom.api.call import Call
from postroom.api.endpoint import Reach, X, endpoint
from postroom.api.extensions import Type
from postroom.api.pages import cut, given
from postroom.api.query import PageQuery
from postroom.wire import uris
from postroom.wire.grant_info import GrantList, grant_info


class GrantQuery(PageQuery, frozen=True, kw_only=True, rename="camel"):
    """The filters of the list."""

    extension_type: tuple[Type, ...] = ()


@endpoint(
    "GET",
    f"{X}/grant",
    "listExtensionGrants",
    scope="ReadAccounts",
    permission="ReadExtensionGrant",
    reach=Reach.PERSONAL,
    query=GrantQuery,
    answer=GrantList,
)
async def list_grants(call: Call[GrantQuery, None]) -> GrantList:
    """List what an extension may do with others: its managers with a department."""
    company, owner, types = call.company, call.extension, call.query.extension_type
    found = [
        one
        for one in company.extensions.values()
        if one.is_department
        and (owner.administrator or owner.id in company.managers.get(one.id, ()))
        and (not types or str(one.type) in types)
    ]
    found.sort(key=lambda one: (len(one.number), one.number))
    uri = f"{uris.extension(call.base, company.account_id, owner.id)}/grant"
    shown, place = cut(call.query, uri, given(extensionType=types), found)
    records = [grant_info(owner, one, call.base) for one in shown]
    return GrantList(
        uri=place.uri, records=records, paging=place.paging, navigation=place.navigation
    )
