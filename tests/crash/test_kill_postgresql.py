"""`kill -9` under sixteen writers: nothing that was answered is lost, nothing is there twice.

Each engine has a file of its own, so that both are tried at the same time.
"""

from pathlib import Path

import pytest

from tests.crash.killing import killed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_kills_lose_nothing_that_was_answered(tmp_path: Path, dsn: str | None) -> None:
    await killed(tmp_path, dsn)
