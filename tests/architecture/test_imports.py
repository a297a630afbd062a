import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.needs import ROOT

PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]

INTRUDERS = {
    "floors": ("model", "import postroom.store"),
    "channels": ("channels/sms", "import postroom.channels.pager"),
    "filing": ("directory", "import postroom.store.messages"),
    "sql": ("mailbox", "import sqlalchemy"),
    "framework": ("mailbox", "import starlette.requests"),
    "settings": ("store", "import postroom.config"),
    "purity": ("wire", "import time"),
    "use-cases": ("channels/sms/rules", "import postroom.observability.logs"),
    "circles": ("mailbox", "import postroom.mailbox.intruder_back"),
}
"""For each contract a room, and an import that this room must not have."""


def lint(source: Path, contract: str = "") -> subprocess.CompletedProcess[str]:
    """Run import-linter over a copy of the house, for one contract or for all."""
    options = {
        "config_filename": str(PYPROJECT),
        "limit_to_contracts": (contract,) if contract else (),
        "no_cache": True,
    }
    code = "import sys; from importlinter.cli import lint_imports; "
    return subprocess.run(
        [sys.executable, "-c", f"{code} sys.exit(lint_imports(**{options}))"],
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(source), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("house") / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    return source


def test_every_contract_is_broken_once_below() -> None:
    assert [contract["id"] for contract in CONTRACTS] == list(INTRUDERS)


def test_the_house_keeps_its_contracts(copy: Path) -> None:
    ran = lint(copy)

    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("contract", INTRUDERS)
def test_a_forbidden_import_breaks_its_contract(copy: Path, contract: str) -> None:
    room, line = INTRUDERS[contract]
    place = copy / "postroom" / room
    intruder = place / "intruder.py" if place.is_dir() else place.with_suffix(".py")
    before = intruder.read_text("utf-8") if intruder.exists() else ""
    intruder.write_text(f"{before}\n{line}\n")
    back = place / "intruder_back.py"
    if contract == "circles":
        back.write_text("import postroom.mailbox.intruder\n")

    ran = lint(copy, contract)

    intruder.write_text(before) if before else intruder.unlink()
    back.unlink(missing_ok=True)
    assert ran.returncode == 1, ran.stdout
    assert "1 broken" in ran.stdout
