"""`/restapi`: which versions of the API there are, and whether it answers.

Source: wire.md 3.1.
"""

import msgspec

from postroom.api.call import Call
from postroom.api.endpoint import V1, Group, Reach, endpoint

NUMBER = "1.0.0"
RELEASED = "2026-11-01T00:00:00.000Z"


class VersionInfo(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """One version of the API."""

    uri: str
    version_string: str
    release_date: str
    uri_string: str


class Versions(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """The versions of the API, and the server's own."""

    uri: str
    api_versions: list[VersionInfo]
    server_version: str
    server_revision: str


class Health(msgspec.Struct, frozen=True):
    """That the API answers."""

    status: str


@endpoint(
    "GET", "/restapi", "readAPIVersions", reach=Reach.PUBLIC, group=Group.NONE, answer=Versions
)
async def read_versions(call: Call[None, None]) -> Versions:
    """List the versions of the API."""
    return Versions(
        uri=f"{call.base}/restapi",
        api_versions=[_first(call.base)],
        server_version=call.counter.settings.version,
        server_revision=call.counter.settings.version,
    )


@endpoint("GET", V1, "readAPIVersion", reach=Reach.PUBLIC, group=Group.NONE, answer=VersionInfo)
async def read_version(call: Call[None, None]) -> VersionInfo:
    """Get the first version of the API."""
    return _first(call.base)


@endpoint(
    "GET", f"{V1}/status", "readAPIStatus", reach=Reach.PUBLIC, group=Group.NONE, answer=Health
)
async def read_status(call: Call[None, None]) -> Health:
    """Tell that the API answers."""
    return Health("OK")


def _first(base: str) -> VersionInfo:
    return VersionInfo(
        uri=f"{base}{V1}", version_string=NUMBER, release_date=RELEASED, uri_string="v1.0"
    )
