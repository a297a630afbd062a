"""`…/notification-settings`: what an extension wants to be told by e-mail or SMS.

Source: wire.md 2.12.
"""

from postroom.api.call import Call
from postroom.api.endpoint import Group, Reach, X, endpoint
from postroom.directory import notifications
from postroom.model.notification import Notifications
from postroom.wire.notification_info import NotificationInfo, notification_info


@endpoint(
    "GET",
    f"{X}/notification-settings",
    "readNotificationSettings",
    scope="ReadAccounts",
    permission="ReadMessagesNotificationsSettings",
    reach=Reach.MAILBOX,
    answer=NotificationInfo,
)
async def read_settings(call: Call[None, None]) -> NotificationInfo:
    """Get what an extension wants to be told."""
    [settings] = await notifications.read(call.counter.store, call.company, [call.owner])
    return await _info(call, settings)


@endpoint(
    "PUT",
    f"{X}/notification-settings",
    "updateNotificationSettings",
    scope="EditExtensions",
    permission="EditMessagesNotificationsSettings",
    group=Group.MEDIUM,
    reach=Reach.MAILBOX,
    body=Notifications,
    answer=NotificationInfo,
)
async def update_settings(call: Call[None, Notifications]) -> NotificationInfo:
    """Change what an extension wants to be told; what is left out stays as it is."""
    store, owner = call.counter.store, call.extension
    return await _info(call, await notifications.change(store, call.company, owner, call.body))


async def _info(
    call: Call[None, None] | Call[None, Notifications], settings: Notifications
) -> NotificationInfo:
    company, store = call.company, call.counter.store
    ids = company.managers.get(call.owner, ())
    managers = [company.extensions[id] for id in ids if id in company.extensions]
    theirs = await notifications.read(store, company, [one.id for one in managers])
    return notification_info(
        call.extension, settings, list(zip(managers, theirs, strict=True)), call.base
    )
