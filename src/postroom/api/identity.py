"""Who asks: the bearer token of a request, and what it stands for.

Source: wire.md 0.2, 1.6.
"""

from collections.abc import Mapping

from postroom.api.counter import Counter
from postroom.directory import parameters
from postroom.model.access import Identity
from postroom.model.errors import OAuthError, Unauthorized

LONGEST = 256
"""So much of a name is kept to count by."""


def bearer(headers: Mapping[str, str], values: Mapping[str, list[str]]) -> str:
    """The access token, from the header or from `access_token`; the scheme in any case."""
    header = headers.get("authorization")
    if header is None:
        if tokens := values.get("access_token"):
            return tokens[-1]
        raise Unauthorized("Authorization header is not specified", "AGW-401")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "basic":
        raise Unauthorized("Authorization method not supported", "OAU-151")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Invalid Authorization header", "AGW-402")
    return token.strip()


async def ask(counter: Counter, token: str) -> Identity:
    """What a token stands for, from memory where that may still be true."""
    known = counter.access.peek(token)
    return known if known is not None else await counter.access.identify(token)


def client(
    headers: Mapping[str, str], octets: bytes, address: str | None
) -> tuple[str | None, ...]:
    """Who is limited where nobody is logged in: the application, by what it proves itself with.

    A public one proves nothing, and whoever knows its name could use up what is everybody's: it is
    counted for each address apart.
    """
    if credentials := headers.get("authorization"):
        return (credentials,)
    try:
        name = parameters.read(octets).get("client_id", "")
    except OAuthError:
        name = ""
    return name[:LONGEST], address
