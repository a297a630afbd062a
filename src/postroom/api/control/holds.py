"""`/postroom/v1/holds`: legal holds of the caller's account, for administrators."""

import msgspec

from postroom.api.call import NO_CONTENT, Call, Reply
from postroom.api.endpoint import Group, Reach, endpoint
from postroom.api.path_ids import id_of
from postroom.mailbox import holding
from postroom.model.errors import InvalidReference, NotFound
from postroom.model.holds import Hold
from postroom.model.ids import ExtensionId
from postroom.wire.hold_info import HoldInfo, hold_info

HOLDS = "/postroom/v1/holds"


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What shall be held, and why: one extension by its id, or the whole account."""

    reason: str
    extension_id: str | int | None = None


class HoldQuery(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether those that were released are shown as well."""

    released: bool = False


class HoldList(msgspec.Struct, frozen=True, kw_only=True):
    """Holds, oldest first."""

    records: list[HoldInfo]


@endpoint(
    "GET",
    HOLDS,
    "listHolds",
    scope="ReadAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    reach=Reach.ADMINISTRATOR,
    query=HoldQuery,
    answer=HoldList,
)
async def list_holds(call: Call[HoldQuery, None]) -> HoldList:
    """List the legal holds of the account."""
    store, account_id = call.counter.store, call.company.account_id
    found = await holding.listed(store, account_id, released=call.query.released)
    return HoldList(records=[_info(call, one) for one in found])


@endpoint(
    "POST",
    HOLDS,
    "placeHold",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    reach=Reach.ADMINISTRATOR,
    body=HoldRequest,
    answer=HoldInfo,
)
async def place_hold(call: Call[None, HoldRequest]) -> HoldInfo:
    """Place a legal hold: nothing that it covers is purged or removed by anybody."""
    counter, request = call.counter, call.body
    extension = None
    if request.extension_id is not None:
        id = id_of(str(request.extension_id))
        if id is None:
            raise InvalidReference("extensionId")
        extension = ExtensionId(id)
    account_id, signed = call.company.account_id, call.signature
    placed = await holding.place(
        counter.store, account_id, counter.ids, extension, request.reason, signed
    )
    return _info(call, placed)


@endpoint(
    "DELETE",
    f"{HOLDS}/{{holdId}}",
    "releaseHold",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.MEDIUM,
    reach=Reach.ADMINISTRATOR,
    status=204,
)
async def release_hold(call: Call[None, None]) -> Reply:
    """Release a legal hold; others on the same mailbox stand."""
    id = id_of(call.path["holdId"])
    if id is None:
        raise NotFound("holdId")
    await holding.release(call.counter.store, call.company.account_id, id, call.signature)
    return NO_CONTENT


def _info(call: Call[HoldQuery, None] | Call[None, HoldRequest], hold: Hold) -> HoldInfo:
    owner = None if hold.extension is None else call.company.extensions.get(hold.extension)
    return hold_info(hold, None if owner is None else owner.number)
