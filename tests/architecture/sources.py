"""The files of the repository, as the tests of its order see them."""

import subprocess
from functools import cache
from pathlib import Path

from tests.needs import ROOT

PYTHON_ROOTS = ("src", "tests", "bench")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that are, or would be, in the repository; relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(Path(name) for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def python_files() -> list[Path]:
    """Our own Python files."""
    return [path for path in tracked() if path.suffix == ".py" and path.parts[0] in PYTHON_ROOTS]


def text_of(path: Path) -> str:
    """A file as text; what is not text becomes replacement characters."""
    return (ROOT / path).read_text("utf-8", errors="replace")
