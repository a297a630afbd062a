"""Message store reports as an administrator uses them: asked for, waited for, taken home."""

import asyncio
import io
import json
import zipfile
from typing import Any

from tests.office import V1, Office

TASKS = f"{V1}/account/~/message-store-report"
SECONDS = 30


async def asked(office: Office, who: int = 101, **wish: Any) -> dict[str, Any]:
    """The task of a new report."""
    answer = await office.call(who, "POST", TASKS, json=wish)
    assert answer.status_code == 202, answer.text
    task: dict[str, Any] = answer.json()
    return task


async def over(office: Office, id: str) -> dict[str, Any]:
    """The task once it is over."""
    async with asyncio.timeout(SECONDS):
        while True:
            answer = await office.call(101, "GET", f"{TASKS}/{id}")
            task: dict[str, Any] = answer.json()
            if "finishTime" in task:
                return task
            await asyncio.sleep(0.05)


async def forgotten(office: Office, id: str) -> None:
    """Return when the task is there no more."""
    async with asyncio.timeout(SECONDS):
        while True:
            if (await office.call(101, "GET", f"{TASKS}/{id}")).status_code == 404:
                return
            await asyncio.sleep(0.05)


async def made(office: Office, **wish: Any) -> str:
    """The id of a report that is completed."""
    task = await over(office, (await asked(office, **wish))["id"])
    assert task["status"] == "Completed", task
    return str(task["id"])


async def archives(office: Office, id: str) -> list[dict[str, Any]]:
    """The ZIPs that it consists of."""
    answer = await office.call(101, "GET", f"{TASKS}/{id}/archive")
    assert answer.status_code == 200, answer.text
    records: list[dict[str, Any]] = answer.json()["records"]
    return records


async def taken(office: Office, uri: str) -> dict[str, bytes]:
    """The files of a ZIP, downloaded with the token in the address as the samples do it."""
    answer = await office.http.get(uri, params={"access_token": await office.token(101)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def collected(office: Office, id: str) -> dict[str, bytes]:
    """All files of a report."""
    files: dict[str, bytes] = {}
    for one in await archives(office, id):
        files |= await taken(office, one["uri"])
    return files


def records(files: dict[str, bytes], account: int, extension: int) -> list[dict[str, Any]]:
    """The messages of one mailbox in a report."""
    name = f"account/{account}/extension/{extension}/message-store.json"
    found: list[dict[str, Any]] = json.loads(files[name])["records"] if name in files else []
    return found
