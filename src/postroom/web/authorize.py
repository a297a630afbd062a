"""`GET|POST /restapi/oauth/authorize`: an application's user logs in and is sent back with a code.

Source: wire.md 1.3.
"""

import hmac
import re
import secrets
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from postroom.directory import parameters
from postroom.directory.authorization import Asked, Authorization, SentBack
from postroom.directory.parameters import MAX_OCTETS, Parameters
from postroom.model.errors import OAuthError
from postroom.web.login import Answer, LoginPage, answer_page, login_page, refusal_page

PATH = "/restapi/oauth/authorize"
CALLBACK = "/demo/callback"
COOKIE = "postroom_login"
PROOF = "proof"
CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
)
"""What the form brings back, to be checked again; everything else of a request is ignored."""

PROBLEMS = {
    "OAU-140": "Name, extension and password do not fit together.",
    "OAU-141": "This extension may not log in at the moment. Ask your administrator.",
}
"""Refusals in words for people; the others are plain enough."""

STALE = "This page was open for too long. Please log in again."
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Authorize:
    """The login page; `form_key` is the same on every node, `secure` wants https for the cookie."""

    def __init__(self, authorization: Authorization, form_key: bytes, *, secure: bool) -> None:
        self.authorization, self.form_key, self.secure = authorization, form_key, secure

    async def answer(self, request: Request) -> Response:
        """Show the form, or take what was typed into it."""
        try:
            given = await _parameters(request)
            asked = await self.authorization.read(given)
            if request.method == "POST" and PROOF in given:
                return await self._submitted(request, asked, given)
        except SentBack as refused:
            return _away(refused.location)
        except OAuthError as refusal:
            return _page(refusal_page(refusal.message, nonce := _nonce()), nonce, status=400)
        return self._show(request, asked, given)

    async def _submitted(self, request: Request, asked: Asked, given: Parameters) -> Response:
        expected = self._proof(request.cookies.get(COOKIE, ""))
        if not hmac.compare_digest(given[PROOF].encode(), expected.encode()):
            return self._show(request, asked, given, STALE)
        if given.get("action") == "cancel":
            raise asked.refused("access_denied", "The user did not log in")
        try:
            location = await self.authorization.log_in(
                asked,
                given.get("username", ""),
                given.get("extension"),
                given.get("password", ""),
                None if request.client is None else request.client.host,
            )
        except OAuthError as refusal:
            problem = PROBLEMS.get(refusal.code, refusal.message)
            return self._show(request, asked, given, problem)
        return _away(location)

    def _show(
        self, request: Request, asked: Asked, given: Parameters, problem: str = ""
    ) -> Response:
        cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(16)
        page = LoginPage(
            app_name=asked.app.name,
            scopes=asked.app.scopes,
            hidden={name: given[name] for name in CARRIED if name in given}
            | {PROOF: self._proof(cookie)},
            username=given.get("username", given.get("login_hint", "")),
            extension=given.get("extension", ""),
            problem=problem,
        )
        nonce = _nonce()
        response = _page(
            login_page(page, nonce),
            nonce,
            status=400 if problem else 200,
            leads_to=_source(asked.redirect_uri),
        )
        response.set_cookie(
            COOKIE, cookie, path=PATH, httponly=True, samesite="lax", secure=self.secure
        )
        return response

    def _proof(self, cookie: str) -> str:
        """What only a page that we have shown in this browser can know."""
        return hmac.digest(self.form_key, cookie.encode(), "sha256").hex()


async def callback(request: Request) -> Response:
    """Show what an application would have got: the demo's redirect URI leads here."""
    query = request.query_params
    error = query.get("error_description", query.get("error", ""))
    answer = Answer(code=query.get("code", ""), state=query.get("state", ""), error=error)
    return _page(answer_page(answer, nonce := _nonce()), nonce)


def routes(
    authorization: Authorization, form_key: bytes, *, secure: bool, demo: bool
) -> list[Route]:
    """The login page and, in the demo, the page behind its redirect URI."""
    pages = Authorize(authorization, form_key, secure=secure)
    found = [Route(PATH, pages.answer, methods=["GET", "POST"], name="authorize")]
    if demo:
        found.append(Route(CALLBACK, callback, name="demo-callback"))
    return found


async def _parameters(request: Request) -> Parameters:
    if request.method == "POST":
        return parameters.read(await _body(request.stream()))
    return parameters.read(request.scope["query_string"])


async def _body(stream: AsyncIterator[bytes]) -> bytes:
    """The body, or so much of it that it is refused for its length."""
    octets = b""
    async for chunk in stream:
        octets += chunk
        if len(octets) > MAX_OCTETS:
            break
    return octets


def _nonce() -> str:
    return secrets.token_urlsafe(16)


def _source(uri: str) -> str:
    """Where the form may lead in the end, as a content security policy spells it."""
    parts = urlsplit(uri)
    source = f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
    return source if re.fullmatch(r"[A-Za-z0-9+.-]+:(//[A-Za-z0-9.:\[\]-]+)?", source) else ""


def _page(html: str, nonce: str, *, status: int = 200, leads_to: str = "") -> HTMLResponse:
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self' {leads_to}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, status, headers={**HEADERS, "Content-Security-Policy": policy})


def _away(location: str) -> RedirectResponse:
    return RedirectResponse(location, 302, headers=HEADERS)
