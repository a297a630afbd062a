"""The front of the counter: one request from its bytes to its answer.

Pure ASGI, because this is walked through for every request: find the endpoint, see who asks, check
that it may, decode, call the handler, answer.  What the handler found out of date is done again
with a fresh directory; a refusal is only sent when the directory that it rests on is still true.
"""

import itertools
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from postroom.api import bodies, identity, query, reach
from postroom.api.admissions import Admissions
from postroom.api.call import Call, Reply, encode
from postroom.api.contract import operation_of
from postroom.api.counter import Counter
from postroom.api.endpoint import Endpoint, Freshness, Reach
from postroom.api.errors import body_of, headers_of, status_of
from postroom.api.exchange import AsgiApp, Disconnected, Receive, Scope, Send, answer, body
from postroom.api.headers import Head, preflight
from postroom.api.limits import Limits, Standing
from postroom.api.routes import served
from postroom.api.tree import PATHS, Tree
from postroom.model import errors
from postroom.model.access import Caller, Identity
from postroom.model.company import Company
from postroom.observability import logs, metrics

ROUNDS = 4
PUBLIC = Reach.PUBLIC
OURS = ("/restapi", "/postroom/v1")
LOGIN_PAGE = "/restapi/oauth/authorize"
log = logs.get("api")


class Front:
    """The API as an ASGI application; the paths that `is_page` knows go to `pages`."""

    def __init__(self, counter: Counter, pages: AsgiApp, is_page: Callable[[str], bool]) -> None:
        settings = counter.settings
        self.counter, self.pages, self.is_page = counter, pages, is_page
        self._is_ours = lru_cache(maxsize=PATHS)(self._is_path_of_ours)
        endpoints = served(demo=settings.demo)
        self.tree = Tree(endpoints)
        self._operations = frozenset(one.operation for one in endpoints)
        self.limits = Limits(
            settings.limits,
            settings.window_seconds,
            settings.penalty_seconds,
            enabled=settings.limits_enabled,
        )
        self.admissions = Admissions(counter.companies, counter.clock)
        self._run = os.urandom(6).hex()
        self._requests = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not self._is_ours(scope["path"]):
            await self.pages(scope, receive, send)
            return
        head = Head(scope["headers"])
        request_id = f"{self._run}-{next(self._requests):08x}"
        logs.REQUEST_ID.set(request_id)
        try:
            reply, standing, label = await self._answer(scope, receive, head, request_id)
        except Disconnected:
            return
        metrics.requests.add((label, reply.status))
        if self.counter.settings.log_access:
            log.info("answered", method=scope["method"], path=scope["path"], status=reply.status)
        await answer(send, scope["method"], head, reply, standing, request_id)

    def _is_path_of_ours(self, path: str) -> bool:
        if path.startswith(OURS) and path.rstrip("/") != LOGIN_PAGE:
            return True
        return not self.is_page(path)

    async def _answer(
        self, scope: Scope, receive: Receive, head: Head, request_id: str
    ) -> tuple[Reply, Standing | None, str]:
        call: Call[Any, Any] | None = None
        try:
            if scope["method"] == "OPTIONS" and "origin" in head:
                return preflight(head), None, "OPTIONS"
            endpoint, path, values = self._route(scope, head)
            call = Call(self.counter, endpoint, path, scope["path"], head, request_id)
            call.octets = await body(receive, head, self.counter.settings.max_body)
            call.address = (scope.get("client") or (None,))[0]
            made = await self._serve(call, values)
            reply = made if isinstance(made, Reply) else Reply(body=encode(made))
        except errors.PostroomError as refusal:
            reply = refused(refusal, symbolic=call is not None and call.endpoint.symbolic)
        except Disconnected:
            raise
        except Exception:
            log.exception("a request failed", path=scope["path"], method=scope["method"])
            reply = refused(errors.PostroomError("Internal server error"))
        if call is None:
            return reply, None, "unknown"
        return reply, call.standing, call.endpoint.operation

    def _route(
        self, scope: Scope, head: Head
    ) -> tuple[Endpoint, Mapping[str, str], dict[str, list[str]]]:
        values = query.parse(scope["query_string"])
        method = _method(scope["method"], head, values)
        found = self.tree.find(scope["path"])
        if found is not None:
            by_method, path = found
            endpoint = by_method.get(method)
            if endpoint is not None:
                return endpoint, path, values
        operation = operation_of(method, scope["path"])
        if operation is not None and operation not in self._operations:
            raise errors.NotSupported(operation)
        if found is not None:
            raise errors.WrongMethod(_allowed(found[0]))
        raise errors.UnknownUri

    async def _serve(self, call: Call[Any, Any], values: dict[str, list[str]]) -> Any:
        """What the handler returns, once it is sure who asks and that it may."""
        if call.endpoint.reach is PUBLIC:
            self._count(call, identity.client(call.headers, call.octets, call.address), "")
            _read(call, values)
            return await call.endpoint.handler(call)
        asking = self.admissions.again(call)
        is_admitted = asking is not None
        if asking is None:
            asking = await identity.ask(self.counter, identity.bearer(call.headers, values))
        self._count(call, asking.extension_id, asking.client_id)
        for _ in range(ROUNDS):
            try:
                if not is_admitted:
                    await self._admit(call, values, asking)
                _read(call, values)
                return await call.endpoint.handler(call)
            except errors.Outdated:
                await self.counter.companies.refresh(asking.account_id)
            except errors.PostroomError:
                if not await self._was_outdated(call):
                    raise
            is_admitted = False
            asking = await identity.ask(self.counter, identity.bearer(call.headers, values))
        raise errors.Unavailable

    def _count(self, call: Call[Any, Any], user: object, app: str) -> None:
        """Count a request; the answer tells where it stands, also when it is one too many."""
        group = call.endpoint.group
        try:
            call.standing = self.limits.take(user, app, group)
        except errors.RateExceeded:
            call.standing = self.limits.exhausted(group)
            metrics.rate_limited.add((group.value,))
            raise

    async def _admit(
        self, call: Call[Any, Any], values: dict[str, list[str]], asking: Identity
    ) -> None:
        """Find the caller, and check that it may; the directory is made fresh first if wanted."""
        companies = self.counter.companies
        company = companies.cached(asking.account_id)
        if company is None or call.endpoint.freshness is Freshness.FIRST:
            company = await companies.current(asking.account_id)
        if company.session_version != asking.session_version:
            token = identity.bearer(call.headers, values)
            asking = await self.counter.access.identify(token)
        _identify(call, asking, company)
        reach.check(call)
        self.admissions.keep(call)

    async def _was_outdated(self, call: Call[Any, Any]) -> bool:
        """Whether a refusal rests on a directory that has changed since."""
        before = call.company_or_none
        if before is None:
            return False
        now = await self.counter.companies.current(before.account_id)
        return (now.version, now.session_version) != (before.version, before.session_version)


def refused(refusal: errors.PostroomError, *, symbolic: bool = False) -> Reply:
    """A refusal as an answer."""
    return Reply(
        status=status_of(refusal),
        body=body_of(refusal, symbolic=symbolic),
        headers=tuple(headers_of(refusal)),
    )


def _identify(call: Call[Any, Any], asking: Identity, company: Company) -> None:
    """Note who calls.  Raises `Outdated` where token and company are of different days."""
    if company.session_version != asking.session_version:
        raise errors.Outdated
    extension = company.extensions.get(asking.extension_id)
    if extension is None:
        raise errors.Unauthorized("Extension not found", "OAU-136")
    if not extension.is_active:
        raise errors.Unauthorized("Extension state does not allow to log in", "OAU-141")
    call.caller = Caller(identity=asking, extension=extension, company=company)


def _read(call: Call[Any, Any], values: dict[str, list[str]]) -> None:
    """Read query and body into what the endpoint wants; a raw body is left to the handler."""
    endpoint = call.endpoint
    if endpoint.query is not None:
        call.query = query.convert(endpoint.query, values)
    if endpoint.body is not None:
        bodies.check_type(endpoint.media, call.headers.get("content-type"))
        if not endpoint.raw:
            call.body = bodies.decode(endpoint.body, call.octets)


def _allowed(by_method: Mapping[str, Endpoint]) -> str:
    return ", ".join(sorted({*by_method, *(("HEAD",) if "GET" in by_method else ())}))


def _method(method: str, head: Head, values: dict[str, list[str]]) -> str:
    """The method that is meant: POST may carry another one, and HEAD is GET without its body.

    Source: wire.md 0.1.
    """
    if method != "POST":
        return "GET" if method == "HEAD" else method
    header, query_ = head.get("x-http-method-override"), values.get("_method", [])
    if not header and not query_:
        return method
    named = {one.upper() for one in (header, *query_) if one}
    if len(named) > 1:
        raise errors.Contradiction("Two different methods are named")
    return named.pop() if named else method
