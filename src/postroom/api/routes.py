"""Every resource of the counter; importing them declares their endpoints."""

from postroom.api import (  # noqa: F401
    account,
    auth,
    authorization,
    call_queues,
    client_info,
    company_pager,
    content,
    deletion,
    dictionary,
    extensions,
    features,
    grants,
    message_list,
    message_reports,
    message_store,
    message_store_configuration,
    message_sync,
    notification_settings,
    number_parser,
    phone_numbers,
    sms,
    templates,
    versions,
)
from postroom.api.control import audit, holds, simulator  # noqa: F401
from postroom.api.endpoint import ENDPOINTS, Endpoint


def served(*, demo: bool) -> list[Endpoint]:
    """The endpoints that are there, in demo mode or not."""
    return [one for one in ENDPOINTS if demo or not one.demo]
