import os
import subprocess
import sys
from pathlib import Path

import pytest

from postroom.cli import main
from tests.needs import ROOT


def test_a_mistake_in_the_configuration_is_explained_and_the_status_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text("[server]\nlissten = 1\n")

    status = main(["config", "check", "--config", str(file)])

    told = capsys.readouterr().err
    assert status == 1
    assert told.startswith("[server] lissten: found an unknown key")
    assert "did you mean listen?" in told


def test_a_good_configuration_is_fine_and_the_status_is_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text('[log]\nlevel = "debug"\n')

    status = main(["config", "check", "--config", str(file)])

    assert status == 0
    assert capsys.readouterr().out == f"{file}: fine\n"


def test_without_a_command_all_commands_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])

    assert stopped.value.code == 0
    assert "check the configuration" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["cofnig"])

    assert stopped.value.code == 2
    assert "invalid choice: 'cofnig'" in capsys.readouterr().err


def test_a_command_imports_only_what_it_needs() -> None:
    code = "from postroom.cli import main; main(['config', 'check']); print(*sys.modules)"

    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )

    imported = set(ran.stdout.split())
    assert "postroom.cli.config" in imported
    assert not {"postroom.cli.version", "starlette", "sqlalchemy", "asyncpg"} & imported
