"""The pages for people's browsers, with what this server is."""

from importlib.metadata import PackageNotFoundError, version

from starlette.applications import Starlette

from postroom.api.counter import ApiSettings
from postroom.api.openapi.document import document
from postroom.app.carriers import SIMULATOR
from postroom.config import Settings
from postroom.directory.authorization import Authorization
from postroom.directory.keys import key
from postroom.web import authorize
from postroom.web.pages import About, build


def release() -> str:
    """The version of the package; a folder that was never installed has none."""
    try:
        return version("postroom")
    except PackageNotFoundError:
        return "0"


async def pages(settings: Settings, api: ApiSettings, authorization: Authorization) -> Starlette:
    """All pages: where to start, the description of the API, health, and the login page."""
    store = authorization.store
    demo = settings.demo.enabled
    carriers = tuple(settings.carriers) or ((SIMULATOR,) if demo else ())
    return build(
        about=About(
            base=api.base,
            version=api.version,
            store="SQLite" if settings.store.sqlite_file is not None else "PostgreSQL",
            carriers=carriers,
            demo=demo,
        ),
        store=store,
        openapi=lambda: document(api),
        routes=authorize.routes(
            authorization,
            await key(store, "login-form"),
            secure=api.base.startswith("https:"),
            demo=demo,
        ),
    )
