"""RingCentral's SDKs for JavaScript, unmodified, against a real server."""

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.needs import npm_packages, program
from tests.server import environment, running

FOLDER = "tests/sdk/node"
LIMIT_SECONDS = 120.0


@pytest.mark.parametrize("script", ["ringcentral_sdk.mjs", "rc_ex_core.mjs"])
async def test_an_sdk_logs_in_sends_reads_changes_and_logs_out(
    script: str, tmp_path: Path, dsn: str | None
) -> None:
    node, path = program("node"), npm_packages(FOLDER) / script

    async with running(tmp_path, dsn=dsn) as server:
        process = await asyncio.create_subprocess_exec(
            node, str(path), env=environment(server.values), stdout=PIPE, stderr=STDOUT
        )
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    said = output.decode()
    assert process.returncode == 0, said
    assert said.endswith("all is well\n"), said
