"""One request at the counter, and its answer."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from postroom.api.counter import Counter
from postroom.api.endpoint import Endpoint
from postroom.model.access import Caller
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
    that the path names, `~` resolved.  Header names are lower-case.
    """

    __slots__ = (
        "_caller",
        "body",
        "counter",
        "endpoint",
        "headers",
        "octets",
        "owner",
        "path",
        "query",
        "raw_path",
        "request_id",
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
        self._caller: Caller | None = None
        self.owner = ExtensionId(0)

    @property
    def caller(self) -> Caller:
        """Who asks; only for endpoints that want a log-in."""
        assert self._caller is not None
        return self._caller

    def identify(self, caller: Caller) -> None:
        """Set who asks."""
        self._caller = caller

    @property
    def company_or_none(self) -> Company | None:
        """The caller's company, when it is known already who calls."""
        return None if self._caller is None else self._caller.company

    @property
    def company(self) -> Company:
        """The caller's company."""
        return self.caller.company

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
