"""What the README tells a newcomer to type does what it says."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.needs import ROOT, lacking, npm_packages, program
from tests.server import Server, environment, running

README = (ROOT / "README.md").read_text("utf-8")
SENT = re.compile(r"\d+ Queued\n")

pytestmark = pytest.mark.slow


def examples(language: str) -> list[str]:
    """The examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Server]:
    """The demo, with its data where the README has it."""
    async with running(tmp_path / "data") as server:
        yield server


async def typed(words: Sequence[str], folder: Path, env: dict[str, str]) -> str:
    """What a command prints in a folder."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env=environment(env),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return printed.decode()


async def test_one_curl_sends_and_one_reads(demo: Server) -> None:
    program("curl")
    [example] = examples("sh")
    script = example.replace("\ncurl", "\necho\ncurl")

    printed = await typed([program("bash"), "-euc", script], demo.folder.parent, {})

    sent, read = (json.loads(line) for line in printed.splitlines() if line)
    assert (sent["messageStatus"], sent["subject"]) == ("Queued", "Hello")
    assert [record["id"] for record in read["records"]] == [sent["id"]]


async def test_the_python_example_sends(demo: Server) -> None:
    if find_spec("ringcentral") is None:
        lacking("the package ringcentral")
    [example] = examples("python")

    assert SENT.fullmatch(await typed([sys.executable, "-c", example], demo.folder, demo.values))


@pytest.mark.parametrize("example", examples("js"), ids=["ringcentral-sdk", "rc-ex-core"])
async def test_the_javascript_examples_send(demo: Server, example: str) -> None:
    node = program("node")
    packages = {"NODE_PATH": os.fspath(npm_packages("tests/sdk/node") / "node_modules")}

    assert SENT.fullmatch(await typed([node, "-e", example], demo.folder, demo.values | packages))
