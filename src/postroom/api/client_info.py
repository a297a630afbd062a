"""`GET /restapi/v1.0/client-info`: what the server knows of the application that asks.

Source: wire.md 3.1.
"""

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import V1, endpoint
from postroom.wire import uris


class ClientDetails(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """An application, as far as its headers tell."""

    detected: bool
    user_agent: str
    app_id: str
    app_name: str
    app_version: str
    locale: str


class ClientInfo(msgspec.Struct, kw_only=True, frozen=True):
    """The application that asks."""

    uri: str
    client: ClientDetails


@endpoint("GET", f"{V1}/client-info", "readClientInfo", answer=ClientInfo)
async def read_client_info(call: Call[None, None]) -> ClientInfo:
    """Get what is known of the application that asks."""
    agent = call.headers.get("x-user-agent") or call.headers.get("user-agent", "")
    name, _, version = agent.partition(" ")[0].partition("/")
    details = ClientDetails(
        detected=bool(agent),
        user_agent=agent,
        app_id=call.caller.identity.client_id,
        app_name=name,
        app_version=version,
        locale="en-US",
    )
    return ClientInfo(uri=uris.rest(call.base, "/client-info"), client=details)
