"""`…/message-store-configuration`: how long an account keeps its faxes and voicemails.

Source: wire.md 2.10.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from postroom.api.call import Call
from postroom.api.endpoint import A, Group, Reach, endpoint
from postroom.directory import provisioning
from postroom.model.errors import InvalidParameter
from postroom.model.keeping import LONGEST_RETENTION, SHORTEST_RETENTION


class StoreConfiguration(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True
):
    """Days until faxes and voicemails are deleted; absent where they are kept for ever."""

    retention_period: Annotated[
        int | None, Meta(description="Days, from 7 to 90; of fax and voicemail only.")
    ] = None


@endpoint(
    "GET",
    f"{A}/message-store-configuration",
    "readMessageStoreConfiguration",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.LIGHT,
    reach=Reach.ANYBODY,
    answer=StoreConfiguration,
)
async def read_configuration(call: Call[None, None]) -> StoreConfiguration:
    """Get how long faxes and voicemails are kept."""
    keeping = call.company.settings.keeping.over(call.counter.settings.keeping)
    return StoreConfiguration(retention_period=keeping.retention_days or None)


@endpoint(
    "PUT",
    f"{A}/message-store-configuration",
    "updateMessageStoreConfiguration",
    scope="EditAccounts",
    permission="AccountAdministration",
    group=Group.LIGHT,
    reach=Reach.ANYBODY,
    body=StoreConfiguration,
    answer=StoreConfiguration,
)
async def update_configuration(call: Call[None, StoreConfiguration]) -> StoreConfiguration:
    """Choose how long faxes and voicemails are kept."""
    days = call.body.retention_period
    if days is None or not SHORTEST_RETENTION <= days <= LONGEST_RETENTION:
        raise InvalidParameter(
            "retentionPeriod", f"{SHORTEST_RETENTION} to {LONGEST_RETENTION} days are allowed"
        )
    company = call.company
    choices = msgspec.structs.replace(company.settings.keeping, retention_days=days)
    await provisioning.set_account(
        call.counter.store,
        company,
        main_number=company.main_number,
        settings=msgspec.structs.replace(company.settings, keeping=choices),
        signed=call.signature,
    )
    return StoreConfiguration(retention_period=days)
