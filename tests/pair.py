"""Two server processes on one database.

Nothing rings from one to the other: there is no doorbell between processes, only the database.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.server import V1, Server, command, environment, running


@dataclass(slots=True, kw_only=True)
class Pair:
    """Two nodes, the tokens of people, and the ids of extensions."""

    nodes: tuple[Server, Server]
    dsn: str | None
    tokens: dict[int, str]
    ids: dict[int, int]

    def turn(self, round: int) -> tuple[Server, Server]:
        """Who is told and who must obey, each in turn."""
        first, second = self.nodes
        return (first, second) if round % 2 == 0 else (second, first)

    async def call(
        self, node: Server, who: int, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """One request of a person to one node."""
        return await node.call(self.tokens[who], method, path, **options)

    async def page(self, node: Server, who: int, **body: Any) -> httpx.Response:
        """Send a page through one node."""
        return await self.call(node, who, "POST", "company-pager", json={"text": "Hi", **body})

    async def assign(self, node: Server, change: str) -> None:
        """Put Ben into the department, or take him out, on one node."""
        path = f"{V1}/account/~/call-queues/{self.ids[200]}/bulk-assign"
        body = {f"{change}ExtensionIds": [str(self.ids[102])]}
        answer = await self.call(node, 101, "POST", path, json=body)
        assert answer.status_code == 204, answer.text

    async def command(self, *words: str) -> None:
        """Run a command in a third process."""
        ran = await asyncio.to_thread(
            subprocess.run,
            command(*words, "--data", self.nodes[0].folder),
            env=environment(None, self.dsn),
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr


@asynccontextmanager
async def paired(folder: Path, dsn: str | None) -> AsyncIterator[Pair]:
    """Both nodes, with Ada, Ben and Cleo logged in."""
    async with (
        running(folder, dsn=dsn) as first,
        running(folder, dsn=dsn) as second,
    ):
        tokens = {who: await first.log_in(who) for who in (101, 102, 103)}
        answer = await first.call(tokens[101], "GET", f"{V1}/account/~/extension")
        ids = {int(one["extensionNumber"]): int(one["id"]) for one in answer.json()["records"]}
        yield Pair(nodes=(first, second), dsn=dsn, tokens=tokens, ids=ids)
