"""What a test needs from the machine: without it the test is skipped, and in CI it fails."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]


def lacking(what: str) -> NoReturn:
    """Skip the test because the machine lacks something; with CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"needs {what}")


def program(name: str) -> str:
    """The path of a program that the test runs."""
    return shutil.which(name) or lacking(name)


def npm_packages(folder: str) -> Path:
    """A folder with a `package.json` whose packages are installed, relative to the repository."""
    path = ROOT / folder
    if not (path / "node_modules").is_dir():
        lacking(f"the npm packages of {folder}: run scripts/prepare-tests")
    return path
