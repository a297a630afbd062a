"""A database that a newer Postroom wrote is refused in one sentence, and stays as it is."""

from pathlib import Path

import apsw
import pytest

from postroom.cli import main
from tests.cli.desk import Desk


def content(file: Path) -> dict[str, list[object]]:
    """Everything that stands in a database, by table."""
    connection = apsw.Connection(str(file))
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")]
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    found: dict[str, list[object]] = {"": [*names]}
    found |= {str(name): list(connection.execute(f'SELECT * FROM "{name}"')) for [name] in tables}
    connection.close()
    return found


@pytest.mark.parametrize(
    "words", [["serve", "--listen", "127.0.0.1:0"], ["extension", "list"], ["number", "list"]]
)
def test_a_newer_database_is_refused_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    folder = tmp_path / "data"
    Desk(folder=folder, apart=False).run("init", "--name", "Acme", "--number", "(650) 555-0100")
    [file] = folder.glob("*.db")
    connection = apsw.Connection(str(file))
    connection.execute("INSERT INTO schema_version VALUES (9999)")
    connection.close()
    before = content(file)
    capsys.readouterr()

    status = main([*words, "--data", str(folder)])

    told = capsys.readouterr()
    assert (status, told.out) == (1, "")
    assert told.err.count("\n") == 1
    assert "the database is at schema 9999, this Postroom knows" in told.err
    assert "Traceback" not in told.err
    assert "NewerSchema" not in told.err
    assert content(file) == before
