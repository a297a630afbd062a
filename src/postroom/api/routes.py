"""Every resource of the counter; importing them declares their endpoints."""

from postroom.api import (
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
    number_parser,
    phone_numbers,
    sms,
    versions,
)
from postroom.api.control import audit, holds, simulator
from postroom.api.endpoint import ENDPOINTS, Endpoint

RESOURCES = (
    account,
    audit,
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
    holds,
    message_list,
    message_reports,
    message_store,
    message_store_configuration,
    message_sync,
    number_parser,
    phone_numbers,
    simulator,
    sms,
    versions,
)


def served(*, demo: bool) -> list[Endpoint]:
    """The endpoints that are there, in demo mode or not."""
    return [one for one in ENDPOINTS if demo or not one.demo]
