"""Whether the server lives, whether it can work, and its numbers: for machines that watch it."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from postroom.observability import logs, metrics
from postroom.store.commands import Steps
from postroom.store.database import Store
from postroom.store.settings import READ_SETTING

PATIENCE = 5.0
"""Seconds, of real time, that the store may take."""
log = logs.get("web.health")
Check = Callable[[], Awaitable[object]]


async def alive(request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


async def numbers(request: Request) -> Response:
    """Everything that is counted, for Prometheus."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


class Readiness:
    """Whether the store can be read from and written to."""

    def __init__(self, store: Store) -> None:
        self.checks: dict[str, Check] = {
            "store": lambda: store.look(READ_SETTING, name="readiness"),
            "writer": lambda: store.transact(_nothing),
        }

    async def answer(self, request: Request) -> Response:
        """200 when all is well, 503 when it is not."""
        passed = await asyncio.gather(*map(_passes, self.checks.values()))
        found = dict(zip(self.checks, passed, strict=True))
        ready = all(passed)
        status = "ready" if ready else "not ready"
        return JSONResponse({"status": status, **found}, 200 if ready else 503)


def _nothing() -> Steps[None]:
    """A transaction that writes nothing: it only has to get its turn."""
    yield from ()


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except Exception as error:
        log.warning("not ready", error=type(error).__name__)
        return False
    return True


def routes(store: Store) -> list[Route]:
    """`/healthz`, `/readyz` and `/metrics`."""
    return [
        Route("/healthz", alive),
        Route("/readyz", Readiness(store).answer),
        Route("/metrics", numbers),
    ]
