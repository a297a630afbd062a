"""Tokens: `POST /restapi/oauth/token` and `/restapi/oauth/revoke`.

Source: wire.md 1.1, 1.2, 1.6; RFC 6749 5.1, 5.2.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from postroom.api.call import Call, Reply, encode
from postroom.api.endpoint import Group, Reach, endpoint
from postroom.directory import parameters
from postroom.directory.issuing import Issued
from postroom.model.errors import InvalidClient, OAuthError

FORM = ("application/x-www-form-urlencoded",)
NOT_STORED = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
CHALLENGE = ("WWW-Authenticate", 'Basic realm="RingCentral OAuth"')


class TokenRequest(msgspec.Struct, frozen=True):
    """The form of a token request; which fields are wanted depends on the grant."""

    grant_type: str
    assertion: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    refresh_token: str | None = None
    username: str | None = None
    extension: str | None = None
    password: str | None = None
    client_id: str | None = None
    scope: str | None = None
    endpoint_id: str | None = None
    access_token_ttl: str | None = None
    refresh_token_ttl: str | None = None


class TokenInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a session; lives in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | UnsetType = UNSET
    refresh_token_expires_in: int | UnsetType = UNSET
    scope: str
    owner_id: str
    endpoint_id: str
    session_id: str


class RevokeRequest(msgspec.Struct, frozen=True):
    """What is revoked: an access or a refresh token, in the form or in the query string."""

    token: str | None = None
    client_id: str | None = None


class ErrorInfo(msgspec.Struct, frozen=True, rename="camel"):
    """One refusal in RingCentral's words."""

    error_code: str
    message: str


class OAuthErrorInfo(msgspec.Struct, frozen=True):
    """A refusal in RFC 6749's words, and in RingCentral's beside."""

    error: str
    error_description: str
    errors: list[ErrorInfo]


AnyCall = Call[Any, Any]
Handler = Callable[[AnyCall], Awaitable[Reply]]


def in_oauths_words(handler: Handler) -> Handler:
    """Answer a refusal of the handler as RFC 6749 wants it."""

    @wraps(handler)
    async def answer(call: AnyCall) -> Reply:
        try:
            return await handler(call)
        except OAuthError as refusal:
            return refused(refusal)

    return answer


def refused(refusal: OAuthError) -> Reply:
    """A refusal as an answer: 400, or 401 for an app that tried the Authorization header."""
    by_header = isinstance(refusal, InvalidClient) and refusal.by_header
    info = OAuthErrorInfo(
        refusal.error, refusal.message, [ErrorInfo(refusal.code, refusal.message)]
    )
    return Reply(
        status=401 if by_header else 400,
        body=encode(info),
        headers=(*NOT_STORED, CHALLENGE) if by_header else NOT_STORED,
    )


@endpoint(
    "POST",
    "/restapi/oauth/token",
    "getToken",
    group=Group.AUTH,
    reach=Reach.PUBLIC,
    body=TokenRequest,
    answer=TokenInfo,
    media=FORM,
    raw=True,
)
@in_oauths_words
async def token(call: AnyCall) -> Reply:
    """Log in by a grant, or refresh the tokens of a session."""
    form = parameters.read(call.octets)
    issued = await call.counter.sessions.grant(
        form, call.headers.get("authorization"), call.address
    )
    return Reply(body=encode(token_info(issued)), headers=NOT_STORED)


@endpoint(
    "POST",
    "/restapi/oauth/revoke",
    "revokeToken",
    group=Group.AUTH,
    reach=Reach.PUBLIC,
    query=RevokeRequest,
    body=RevokeRequest,
    media=FORM,
    raw=True,
)
@in_oauths_words
async def revoke(call: AnyCall) -> Reply:
    """End the session of a token."""
    named = msgspec.structs.asdict(call.query)
    beside = {name: value for name, value in named.items() if value is not None}
    form = parameters.read(call.octets, beside)
    await call.counter.sessions.revoke(form, call.headers.get("authorization"), call.address)
    return Reply(content_type=None, headers=NOT_STORED)


def token_info(issued: Issued) -> TokenInfo:
    """The tokens as clients read them."""
    session, refresh_token = issued.session, issued.refresh_token
    refreshes = refresh_token is not None
    return TokenInfo(
        access_token=issued.access_token,
        token_type="bearer",
        expires_in=issued.expires_in,
        refresh_token=UNSET if refresh_token is None else refresh_token,
        refresh_token_expires_in=issued.refresh_expires_in if refreshes else UNSET,
        scope=" ".join(session.scopes),
        owner_id=str(session.extension_id),
        endpoint_id=session.endpoint_id,
        session_id=session.id,
    )
