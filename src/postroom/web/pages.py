"""The pages of the server: where to start, and the description of the API.

Everything comes out of the package: no request leaves the machine, and no other page may run
scripts in ours.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Route

from postroom.directory import demo
from postroom.store.database import Store
from postroom.web import health
from postroom.web.reference import Reference

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
STATIC = {
    "pages.css": "text/css",
    "docs.js": "text/javascript",
    "postroom.svg": "image/svg+xml",
}

_TEMPLATES = Environment(
    loader=PackageLoader("postroom.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def coded(sentence: str) -> Markup:
    """A sentence with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))


_CODE = re.compile(r"`([^`]+)`")
_TEMPLATES.filters["coded"] = coded


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What runs here; `base` is the public address, `carriers` are their names."""

    base: str
    version: str
    store: str
    carriers: tuple[str, ...] = ()
    demo: bool = False


class Pages:
    """The start page and the description of the API, rendered once."""

    def __init__(self, about: About, openapi: Callable[[], bytes]) -> None:
        self.about = about
        self.openapi = cache(openapi)
        self._docs = cache(self._render_docs)

    async def start(self, request: Request) -> Response:
        """What runs here, and what to try."""
        page = _TEMPLATES.get_template("start.html")
        html = page.render(about=self.about, people=demo.PEOPLE, main_number=demo.MAIN_NUMBER)
        return HTMLResponse(html, headers=HEADERS)

    async def docs(self, request: Request) -> Response:
        """The API, group by group, with a way to try it."""
        return HTMLResponse(self._docs(), headers=HEADERS)

    def _render_docs(self) -> str:
        groups = Reference(msgspec.json.decode(self.openapi())).groups()
        return _TEMPLATES.get_template("docs.html").render(about=self.about, groups=groups)

    async def document(self, request: Request) -> Response:
        """The OpenAPI document."""
        return Response(self.openapi(), media_type="application/json", headers=_OPEN)


_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


async def static(request: Request) -> Response:
    """A style sheet, a script or a picture of the pages."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404)
    octets = files("postroom.web").joinpath("static", name).read_bytes()
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(octets, media_type=STATIC[name], headers=headers)


def build(
    *,
    about: About,
    store: Store,
    openapi: Callable[[], bytes],
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The pages as an application; `routes` are those of others, such as the login page."""
    pages = Pages(about, openapi)
    return Starlette(
        routes=[
            Route("/", pages.start),
            Route("/docs", pages.docs),
            Route("/openapi.json", pages.document),
            Route("/static/{name}", static),
            *health.routes(store),
            *routes,
        ]
    )


def knows(pages: Starlette) -> Callable[[str], bool]:
    """Tells whether a path is one of the pages, whatever the method and with any last slash."""

    def is_page(path: str) -> bool:
        bare = path.rstrip("/") or "/"
        scope = {"type": "http", "method": "GET", "path": bare, "root_path": "", "headers": []}
        return any(route.matches(scope)[0] is not Match.NONE for route in pages.routes)

    return is_page
