"""One request at the counter, and its answer."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from postroom.api.counter import Counter
from postroom.api.endpoint import Endpoint
from postroom.api.limits import Standing
from postroom.model.access import Caller
from postroom.model.audit import Actor, ActorKind, Signature
from postroom.model.company import Company
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId

Q = TypeVar("Q")
B = TypeVar("B")
JSON_TYPE = "application/json;charset=utf-8"


class Stream(NamedTuple):
    """A body that is read while it is sent, and how many octets it has."""

    size: int
    pieces: AsyncIterator[bytes]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is more than 200 and a Struct; a `stream` stands for the body."""

    status: int = 200
    body: bytes = b""
    stream: Stream | None = None
    content_type: str | None = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()


NO_CONTENT = Reply(status=204, content_type=None)


class Call(Generic[Q, B]):
    """What a handler gets: who asks, for what, and the counter's equipment.

    `path` holds the values of the path's parameters as they were spelled; `owner` is the extension
    that the path names, `~` resolved.  Header names are lower-case.  `address` is where the
    request came from.  `caller` is only there where the endpoint wants a log-in, `standing` once
    the request was counted.
    """

    __slots__ = (
        "address",
        "body",
        "caller",
        "counter",
        "endpoint",
        "headers",
        "octets",
        "owner",
        "path",
        "query",
        "raw_path",
        "request_id",
        "standing",
    )

    def __init__(
        self,
        counter: Counter,
        endpoint: Endpoint,
        path: Mapping[str, str],
        raw_path: str,
        headers: Mapping[str, str],
        request_id: str,
    ) -> None:
        self.counter, self.endpoint = counter, endpoint
        self.path, self.raw_path, self.headers = path, raw_path, headers
        self.request_id = request_id
        self.octets = b""
        self.query: Q
        self.body: B
        self.address: str | None = None
        self.caller: Caller
        self.owner = ExtensionId(0)
        self.standing: Standing | None = None

    @property
    def company_or_none(self) -> Company | None:
        """The caller's company, when it is known already who calls."""
        caller: Caller | None = getattr(self, "caller", None)
        return None if caller is None else caller.company

    @property
    def company(self) -> Company:
        """The caller's company."""
        return self.caller.company

    @property
    def actor(self) -> Actor:
        """Who asks, for the audit log."""
        identity = self.caller.identity
        return Actor(
            kind=ActorKind.USER,
            extension=identity.extension_id,
            app=identity.client_id,
            address=self.address,
        )

    @property
    def signature(self) -> Signature:
        """Who asks, and when."""
        return Signature(self.actor, self.counter.clock())

    @property
    def extension(self) -> Extension:
        """The extension that the path names."""
        return self.company.extensions[self.owner]

    @property
    def base(self) -> str:
        """The public address of the server."""
        return self.counter.settings.base


def encode(value: Any) -> bytes:
    """A Struct as JSON."""
    return _ENCODER.encode(value)


_ENCODER = msgspec.json.Encoder()
