"""The parameters of OAuth requests: each at most once, blank ones as if they were not there.

Source: wire.md 0.2, 1.1.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl

from postroom.model.errors import OAuthError

MAX_OCTETS = 64 * 1024
MAX_FIELDS = 100
NONE: Mapping[str, str] = MappingProxyType({})
Parameters = dict[str, str]


def read(octets: bytes, beside: Mapping[str, str] = NONE) -> Parameters:
    """The parameters of a form or query string, and of the other one, where they agree.

    Raises `OAuthError` when one stands twice, or when they cannot be read at all.
    """
    values = _once(octets)
    if any(values.get(name, value) != value for name, value in beside.items()):
        raise _wrong("Parameters in query and body disagree", "OAU-150")
    merged = {**beside, **values}
    for name, value in merged.items():
        if "\0" in value:
            raise _wrong(f"Parameter [{name}] value is invalid", "CMN-101")
    return merged


def required(parameters: Parameters, name: str) -> str:
    """The value of a parameter; raises `OAuthError` when there is none."""
    value = parameters.get(name)
    if value is None:
        raise _wrong(f"Parameter [{name}] value is invalid: it is required", "CMN-101")
    return value


def _once(octets: bytes) -> Parameters:
    if len(octets) > MAX_OCTETS:
        raise _wrong("The request is too long", "CMN-104")
    try:
        pairs = parse_qsl(octets.decode(), errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise _wrong("The request cannot be read", "CMN-104") from error
    values: Parameters = {}
    for name, value in pairs:
        if name in values:
            raise _wrong(f"Parameter [{name}] stands twice", "OAU-111")
        values[name] = value
    return values


def _wrong(message: str, code: str) -> OAuthError:
    return OAuthError("invalid_request", code, message)
