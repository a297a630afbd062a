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
    message_store,
    number_parser,
    phone_numbers,
    sms,
    versions,
)
from postroom.api.control import simulator
from postroom.api.endpoint import ENDPOINTS

RESOURCES = (
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
    message_store,
    number_parser,
    phone_numbers,
    simulator,
    sms,
    versions,
)

__all__ = ["ENDPOINTS", "RESOURCES"]
