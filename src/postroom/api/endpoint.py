"""How an endpoint is declared: its address, who may call it, and what goes in and out.

    @endpoint("GET", f"{X}/phone-number", "listExtensionPhoneNumbers",
              scope="ReadAccounts", permission="ReadUserPhoneNumbers", group=Group.LIGHT,
              reach=Reach.PERSONAL, query=NumberQuery, answer=NumberList)
    async def list_numbers(call: Call[NumberQuery, None]) -> NumberList: ...

The declaration is all there is: routing, log-in, checks, decoding and the OpenAPI document are made
from it.  A handler returns the answer's Struct, or a `Reply` where status or headers differ.
"""

from collections.abc import Awaitable, Callable
from enum import Enum, StrEnum
from typing import Any, TypedDict, TypeVar, Unpack

import msgspec

V1 = "/restapi/v1.0"
A = f"{V1}/account/{{accountId}}"
X = f"{A}/extension/{{extensionId}}"


class Group(StrEnum):
    """The rate groups.  Source: wire.md 0.5."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"
    AUTH = "auth"
    NONE = "noThrottling"


class Reach(Enum):
    """Whose resource it may be, seen from the caller."""

    PUBLIC = "public"
    """Nobody need be logged in."""
    ANYBODY = "anybody"
    """Whoever is logged in; an account in the path must be the caller's."""
    COLLEAGUE = "colleague"
    """Any extension of the caller's account."""
    PERSONAL = "personal"
    """The caller's own extension; an administrator's reach is the account."""
    MAILBOX = "mailbox"
    """Mailboxes that `model.access` opens to the caller."""
    SENDER = "sender"
    """The caller's own extension only: nobody sends for somebody else."""
    ADMINISTRATOR = "administrator"
    """Administrators only."""
    DEPARTMENT = "department"
    """Who has the permission, and the department's manager; the handler calls
    `reach.check_department`."""


class Freshness(Enum):
    """How it is made sure that the directory at hand is still true."""

    FIRST = "first"
    """The versions are read before the handler runs: it answers from the directory."""
    WITHIN = "within"
    """The handler's own read or commit compares the versions and raises `Outdated`."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One declared endpoint.

    `body` is the type of the JSON body; with `raw` the handler decodes `call.octets` itself.
    `symbolic` puts the symbolic code at the top of a 400, as senders expect it.  `several` names
    the path's parameter that may hold ids joined by commas, answered with 207.  `demo` endpoints
    are only there in demo mode.
    """

    method: str
    path: str
    operation: str
    handler: Callable[[Any], Awaitable[Any]]
    summary: str
    scope: str | None = None
    permission: str | None = None
    group: Group = Group.LIGHT
    reach: Reach = Reach.ANYBODY
    freshness: Freshness = Freshness.FIRST
    query: type[msgspec.Struct] | None = None
    body: Any = None
    answer: Any = None
    media: tuple[str, ...] = ("application/json",)
    symbolic: bool = False
    raw: bool = False
    status: int = 200
    several: str | None = None
    produces: tuple[str, ...] = ("application/json",)
    demo: bool = False

    @property
    def is_content(self) -> bool:
        """Whether it answers with content, whole or in part, and not with JSON."""
        return "application/json" not in self.produces and self.answer is None


class Options(TypedDict, total=False):
    """What a declaration may say beside its address; the fields of `Endpoint`."""

    scope: str | None
    permission: str | None
    group: Group
    reach: Reach
    freshness: Freshness
    query: type[msgspec.Struct] | None
    body: Any
    answer: Any
    media: tuple[str, ...]
    symbolic: bool
    raw: bool
    status: int
    several: str | None
    produces: tuple[str, ...]
    demo: bool


ENDPOINTS: list[Endpoint] = []
Handler = TypeVar("Handler", bound=Callable[[Any], Awaitable[Any]])


def endpoint(
    method: str, path: str, operation: str, **options: Unpack[Options]
) -> Callable[[Handler], Handler]:
    """Declare a handler; its first sentence is the endpoint's summary."""

    def declare(handler: Handler) -> Handler:
        summary = (handler.__doc__ or operation).strip().splitlines()[0]
        ENDPOINTS.append(
            Endpoint(
                method=method,
                path=path,
                operation=operation,
                handler=handler,
                summary=summary,
                **options,
            )
        )
        return handler

    return declare
