"""`DIR/demo.env`: what an official sample needs to run against the demo, as shell lines."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

NAME = "demo.env"
ADDRESSED = ("RC_SERVER_URL", "RC_REDIRECT_URI", "RC_REDIRECT_URL")
"""The values that begin with the server's address."""


def write(folder: Path, values: Mapping[str, str]) -> Path:
    """Write the file for its owner only; it is there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{name}={shlex.quote(value)}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


def read(folder: Path) -> dict[str, str]:
    """The values of the file; none when there is none."""
    path = folder / NAME
    if not path.exists():
        return {}
    words = shlex.split(path.read_text(), comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def readdress(folder: Path, server_url: str) -> None:
    """Let the file name the address at which the server listens now; secrets stay."""
    values = read(folder)
    old = values.get("RC_SERVER_URL")
    if old is None or old == server_url:
        return
    moved = {name: server_url + values[name].removeprefix(old) for name in ADDRESSED}
    write(folder, values | moved)
