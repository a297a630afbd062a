"""The whole house, wired: what `serve` runs and what tests walk through."""

import asyncio
import contextlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import cast

from postroom.api.counter import ApiSettings, Counter
from postroom.api.exchange import AsgiApp
from postroom.api.front import Front
from postroom.app import carriers, stores, watching
from postroom.app.pages import pages, release
from postroom.channels.border import Border
from postroom.channels.desk import Desk
from postroom.config import Settings
from postroom.directory.access import Access
from postroom.directory.authorization import Authorization
from postroom.directory.companies import Companies
from postroom.directory.keys import key
from postroom.directory.logins import Logins
from postroom.directory.passwords import Passwords
from postroom.directory.sessions import AuthSettings, Sessions
from postroom.mailbox.refusals import warn_at_start
from postroom.observability import logs
from postroom.store.database import Store
from postroom.store.id_workers import IdLease
from postroom.web.pages import knows
from postroom.workers.forgetting import Forgetting
from postroom.workers.indexing import Indexing
from postroom.workers.outbox import Outbox
from postroom.workers.reassembly import Reassembly
from postroom.workers.reporting import Reporter
from postroom.workers.sweeping import Sweeper

Clock = Callable[[], int]
RENEW_SECONDS = 5.0
DAY_MS = 24 * carriers.HOUR_MS
log = logs.get("app")


def real_clock() -> int:
    """Now, in Unix milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True, kw_only=True)
class House:
    """A running server without its listener: `front` is the ASGI application."""

    settings: Settings
    store: Store
    companies: Companies
    counter: Counter
    front: AsgiApp
    outbox: Outbox
    border: Border
    ids: IdLease

    async def work(self) -> None:
        """Do what happens unasked, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew())
            if "transport" in self.settings.server.roles:
                await warn_at_start(self.store, self.counter.clock())
                group.create_task(self.outbox.run(self.border.receive))
            if "worker" in self.settings.server.roles:
                group.create_task(self.reassembly.run())
                group.create_task(Forgetting(self.store, self.counter.clock).run())
                group.create_task(self.sweeper.run())
                group.create_task(self.reporter.run())
                group.create_task(Indexing(self.store).run())

    @property
    def reassembly(self) -> Reassembly:
        """Joins what parts of long SMS were left."""
        timeout_ms = self.settings.sms.reassembly_timeout * 1000
        return Reassembly(self.border, self.counter.clock, timeout_ms)

    @property
    def sweeper(self) -> Sweeper:
        """Lets messages age."""
        return stores.sweeper(self.settings, self.store, self.counter.blobs, self.counter.clock)

    @property
    def reporter(self) -> Reporter:
        """Makes message store reports."""
        return Reporter(
            store=self.store,
            companies=self.companies,
            blobs=self.counter.blobs,
            base=self.counter.settings.base,
            clock=self.counter.clock,
            keep_ms=self.settings.reports.keep_days * DAY_MS,
        )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self.ids.renew()
            except Exception:
                log.exception("the worker number could not be renewed")


@contextlib.asynccontextmanager
async def built(
    settings: Settings, store: Store, clock: Clock = real_clock
) -> AsyncIterator[House]:
    """Wire everything on an open store; nothing works unasked before `work`."""
    lease = IdLease(f"{os.getpid()}-{secrets.token_hex(4)}")
    await lease.acquire(store)
    passwords = Passwords()
    try:
        yield await _wired(settings, store, clock, lease, passwords)
    finally:
        passwords.close()
        await lease.release()


async def _wired(
    settings: Settings, store: Store, clock: Clock, lease: IdLease, passwords: Passwords
) -> House:
    companies = Companies(store)
    all_carriers = carriers.carriages(settings)
    outbox = Outbox(
        store,
        all_carriers,
        clock,
        retry_ms=settings.sms.retry_hours * carriers.HOUR_MS,
        park_ms=settings.sms.park_hours * carriers.HOUR_MS,
    )
    border = Border(store, companies, lease.source, clock, outbox.reported)
    logins = Logins(store, passwords, await key(store, "jwt"), clock)
    auth = _auth(settings)
    counter = Counter(
        store=store,
        companies=companies,
        access=Access(store, companies, clock),
        sessions=Sessions(store, logins, await key(store, "refresh"), clock, auth),
        desk=Desk(store, lease.source, clock),
        blobs=stores.blobs(settings),
        ids=lease.source,
        clock=clock,
        settings=api_settings(settings),
        sync_key=await key(store, "sync"),
        bring=carriers.doors(all_carriers) if settings.demo.enabled else {},
    )
    watching.watch(store)
    authorization = Authorization(store, logins, clock, auth.code_ttl)
    for_people = await pages(settings, counter.settings, authorization)
    return House(
        settings=settings,
        store=store,
        companies=companies,
        counter=counter,
        front=Front(counter, for_people, knows(for_people))
        if "api" in settings.server.roles
        else cast(AsgiApp, for_people),
        outbox=outbox,
        border=border,
        ids=lease,
    )


def _auth(settings: Settings) -> AuthSettings:
    auth = settings.auth
    return AuthSettings(
        access_ttl=auth.access_token_ttl,
        refresh_ttl=auth.refresh_token_ttl,
        code_ttl=auth.code_ttl,
        sessions=auth.sessions,
        password_grant=auth.password_grant,
    )


def api_settings(settings: Settings) -> ApiSettings:
    """What the counter may choose."""
    limits = settings.limits
    return ApiSettings(
        base=settings.server.base_url,
        version=release(),
        max_body=settings.server.max_body,
        limits_enabled=limits.enabled,
        limits={
            "light": limits.light,
            "medium": limits.medium,
            "heavy": limits.heavy,
            "auth": limits.auth,
        },
        window_seconds=limits.window,
        penalty_seconds=limits.penalty,
        sync_overlap_ms=settings.sync.overlap * 1000,
        demo=settings.demo.enabled,
        log_access=settings.log.access,
        keeping=stores.keeping(settings),
    )
