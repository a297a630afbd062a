"""The whole house in the test's process, with the demo company and a clock turned by hand."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from postroom.app.house import House, built
from postroom.config import Settings
from postroom.config.settings import Demo, Server
from postroom.config.settings import Store as StoreSection
from postroom.directory import demo
from postroom.model.ids import ExtensionId
from postroom.store.database import Store, StoreSettings
from postroom.store.id_workers import IdLease

BASE = "http://postroom.test"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
V1 = "/restapi/v1.0"
MINE = f"{V1}/account/~/extension/~"
DAY_MS = 24 * 3600 * 1000
OUTSIDE = "+14155550123"


class Clock:
    """Real time, moved by what the test adds."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def forward(self, ms: int) -> None:
        """Let time pass."""
        self.ahead_ms += ms


class Office:
    """A running house, and clients of everybody in the demo company."""

    def __init__(self, house: House, values: dict[str, str], clock: Clock) -> None:
        self.house, self.values, self.clock = house, values, clock
        transport = httpx.ASGITransport(house.front)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE)
        self._tokens: dict[str, str] = {}

    # -- who ---------------------------------------------------------------------------------

    async def token(self, number: str | int) -> str:
        """An access token of an extension, got once."""
        name = str(number)
        if name not in self._tokens:
            self._tokens[name] = await self.log_in(name)
        return self._tokens[name]

    async def log_in(self, number: str, *, client: str = "RC_CLIENT") -> str:
        """A new access token of an extension."""
        answer = await self.ask_token(number, client=client)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    async def ask_token(self, number: str, *, client: str = "RC_CLIENT") -> httpx.Response:
        """What the token endpoint says to an extension's JWT."""
        name = "RC_USER_JWT" if number == "101" else f"RC_USER_JWT_{number}"
        return await self.http.post(
            "/restapi/oauth/token",
            auth=(self.values[f"{client}_ID"], self.values[f"{client}_SECRET"]),
            data={"grant_type": JWT_GRANT, "assertion": self.values[name]},
        )

    def id(self, number: str | int) -> ExtensionId:
        """The id of an extension of the demo."""
        id: ExtensionId = self.company.by_number[str(number)].id
        return id

    @property
    def company(self) -> Any:
        """The company as the house holds it."""
        [company] = self.house.companies._held.values()
        return company

    def forward(self, ms: int) -> None:
        """Let time pass; whoever asks afterwards logs in again."""
        self.clock.forward(ms)
        self._tokens.clear()

    # -- asking ------------------------------------------------------------------------------

    async def call(self, who: str | int, method: str, path: str, **options: Any) -> httpx.Response:
        """One request of an extension; a path without a slash in front is under its own."""
        url = path if path.startswith(("/", "http")) else f"{MINE}/{path}"
        headers = {"Authorization": f"Bearer {await self.token(who)}"}
        headers |= options.pop("headers", {})
        return await self.http.request(method, url, headers=headers, **options)

    async def sms(
        self, who: str | int, sender: str, to: str, text: str = "Hello", **options: Any
    ) -> httpx.Response:
        """Send an SMS."""
        body = {"from": {"phoneNumber": sender}, "to": [{"phoneNumber": to}], "text": text}
        return await self.call(who, "POST", "sms", json=body, **options)

    async def page(
        self, who: str | int, *to: str | int, text: str = "Hello!", **more: Any
    ) -> httpx.Response:
        """Send a page to extension numbers."""
        body: dict[str, Any] = {"text": text, **more}
        if to:
            body["to"] = [{"extensionNumber": str(number)} for number in to]
        return await self.call(who, "POST", "company-pager", json=body)

    async def inbox(self, who: str | int, **filters: Any) -> list[dict[str, Any]]:
        """The messages of an extension's mailbox, newest first."""
        params = {"perPage": 1000, **filters}
        answer = await self.call(who, "GET", "message-store", params=params)
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    async def inbox_of(self, number: str | int, **filters: Any) -> list[dict[str, Any]]:
        """The mailbox of somebody who may not log in, as the administrator sees it."""
        path = f"{V1}/account/~/extension/{self.id(number)}/message-store"
        answer = await self.call(101, "GET", path, params={"perPage": 1000, **filters})
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    async def assign(
        self, department: str | int, *, add: tuple[int, ...] = (), remove: tuple[int, ...] = ()
    ) -> None:
        """Put people into a department, or take them out."""
        body = {
            "addedExtensionIds": [str(self.id(number)) for number in add],
            "removedExtensionIds": [str(self.id(number)) for number in remove],
        }
        path = f"{V1}/account/~/call-queues/{self.id(department)}/bulk-assign"
        answer = await self.call(101, "POST", path, json=body)
        assert answer.status_code == 204, answer.text

    async def until(self, who: str | int, id: int, status: str) -> dict[str, Any]:
        """The message, once it has a status."""
        async with asyncio.timeout(30):
            while True:
                answer = await self.call(who, "GET", f"message-store/{id}")
                message: dict[str, Any] = answer.json()
                if message.get("messageStatus") == status:
                    return message
                await asyncio.sleep(0.02)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, str(answer.json()["errors"][0]["errorCode"])


def settings_for(folder: Path, **sections: Any) -> Settings:
    """Settings of a demo in a folder."""
    return msgspec.structs.replace(
        Settings(
            server=Server(public_url=BASE),
            store=StoreSection(data=str(folder)),
            demo=Demo(enabled=True),
        ),
        **{"limits": msgspec.structs.replace(Settings().limits, enabled=False), **sections},
    )


async def seeded(store: Store, clock: Clock) -> dict[str, str]:
    """The demo company in an empty store."""
    lease = IdLease("seed")
    ids = await lease.acquire(store)
    values = await demo.seed(store, ids, clock, BASE)
    await lease.release()
    return values


@contextlib.asynccontextmanager
async def opened(
    where: StoreSettings, folder: Path, *, values: dict[str, str] | None = None, **sections: Any
) -> AsyncIterator[Office]:
    """An office on a migrated database; `values` when the company is there already."""
    clock = Clock()
    store = Store(where)
    await store.open()
    known = values if values is not None else await seeded(store, clock)
    async with built(settings_for(folder, **sections), store, clock) as house:
        office = Office(house, known, clock)
        working = asyncio.create_task(house.work())
        await office.token(101)
        await office.call(101, "GET", f"{V1}/account/~/extension")
        try:
            yield office
        finally:
            await office.http.aclose()
            working.cancel()
            await asyncio.wait([working])
            if not working.cancelled() and (error := working.exception()):
                raise error
    await store.close()
