"""What is pinned for running is enough to run: nothing is borrowed from what tests install."""

import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from tests.needs import ROOT, lacking
from tests.server import free_port

PIP = ("-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check")
READY = 30.0


def installed(folder: Path) -> Path:
    """A Python with the pinned packages and Postroom itself."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    requirements = [f"--requirement={ROOT}/requirements/{name}.txt" for name in ("build", "run")]
    for arguments in (requirements, ["--no-deps", "--no-build-isolation", str(ROOT)]):
        done = subprocess.run([python, *PIP, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            lacking(f"a registry of Python packages: {done.stderr[-300:]}")
    return python


@pytest.mark.slow
def test_a_new_user_can_start_the_demo(tmp_path: Path) -> None:
    python, port = installed(tmp_path / "venv"), free_port()
    data, listen = tmp_path / "data", f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [python, "-m", "postroom", "serve", "--demo", "--data", data, "--listen", listen],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        env={"PATH": str(Path(sys.executable).parent)},
    )
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            answer = client.get(f"http://{listen}/readyz", timeout=READY)
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=READY)

    assert answer.status_code == 200, said
    assert process.returncode == 0, said
    assert "Postroom, with a demo company" in said
    assert (data / "postroom.db").stat().st_mode & 0o777 == 0o600
