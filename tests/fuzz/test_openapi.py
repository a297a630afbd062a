"""schemathesis against our own description: no answer is a 5xx, or of another shape than said."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.server import running

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
EXAMPLES = "12"
CONFIGURATION = """
[checks.not_a_server_error]
# 501 is the answer to an operation of RingCentral's contract that we lack, and it says which.
expected-statuses = ["2xx", "3xx", "4xx", "501"]
"""


@pytest.mark.slow
async def test_what_the_description_says_is_what_is_answered(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    async with running(tmp_path) as server:
        token = await server.log_in(101)
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{server.base}/openapi.json",
            f"--header=Authorization: Bearer {token}",
            f"--checks={CHECKS}",
            f"--max-examples={EXAMPLES}",
            "--phases=examples,coverage,fuzzing",
            "--seed=1",
            "--exclude-operation-id=getToken",
            "--exclude-operation-id=revokeToken",
            "--suppress-health-check=all",
            stdout=asyncio.subprocess.PIPE,
            cwd=tmp_path,
        )
        said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()[-6000:]
