"""`postroom hold` and `postroom audit`: what they do, what they say, and how they end."""

import json
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.cli.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with a company of 101 and 102, on SQLite."""
    desk = Desk(folder=tmp_path / "data", apart=False)
    desk.run("init", "--name", "Acme")
    desk.run("extension", "add", "102", "Ben Brown")
    return desk


def log(desk: Desk, *filters: str | int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in desk.run("audit", "list", *filters).splitlines()]


def forge(desk: Desk, statement: str) -> None:
    """Change the log behind the program's back."""
    connection = apsw.Connection(str(desk.folder / "postroom.db"))
    connection.execute(statement)
    connection.close()


def test_holds_are_placed_listed_and_released(desk: Desk) -> None:
    said = desk.run("hold", "place", "--reason", "Acme v. Doe", "--extension", "102")
    desk.run("hold", "place", "--reason", "Audit of 2026")
    first, second = desk.list("hold", "list")

    desk.run("hold", "release", first["id"])

    assert said == f"hold {first['id']} stands on extension 102\n"
    assert (first["extension"], first["reason"]) == ("102", "Acme v. Doe")
    assert first["by"].startswith("operator ")
    assert second["extension"] == "all"
    assert [one["id"] for one in desk.list("hold", "list")] == [second["id"]]
    assert len(desk.list("hold", "list", "--released")) == 2
    assert [one["act"] for one in log(desk)][-3:] == ["hold", "hold", "release"]


def test_a_removed_extension_is_held_by_its_id(desk: Desk) -> None:
    [ben] = [one for one in desk.list("extension", "list") if one["number"] == "102"]
    desk.run("extension", "remove", "102")

    said = desk.run("hold", "place", "--reason", "Acme v. Doe", "--extension-id", ben["id"])

    assert f"id {ben['id']}" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("hold place --reason x --extension 999", "there is no extension 999"),
        ("hold place --reason x --extension-id 5", "there is no mailbox 5"),
        ("hold release 5", "no hold 5 stands"),
        ("audit list --since yesterday", "yesterday is no time"),
        ("audit verify --expect 5", "--expect wants"),
        ("audit verify --expect 1:" + "0" * 64, "choose it with --account"),
        ("audit verify --account 5", "there is no account 5"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(desk: Desk, words: str, sentence: str) -> None:
    assert sentence in desk.refused(*words.split())


@pytest.mark.parametrize("id", ["9223372036854775808", "-1", "five", "٣", "1e3", ""])
@pytest.mark.parametrize(
    "words",
    [
        "hold release {}",
        "hold place --reason x --extension-id {}",
        "hold list --account {}",
        "participant add {} 102",
        "sweep --dry-run --account {}",
        "export --account {} nowhere",
    ],
)
def test_what_is_no_id_is_refused_as_such(desk: Desk, words: str, id: str) -> None:
    answer = desk.ask(*(word.format(id) for word in words.split()))

    assert answer.status == 2
    assert "Traceback" not in answer.err
    assert ("no id" in answer.err) or id.startswith("-")


def test_a_hold_wants_a_reason(desk: Desk) -> None:
    assert "reason" in desk.refused("hold", "place", "--reason", " ")


def test_the_log_is_printed_as_json_lines_by_what_is_asked_for(desk: Desk) -> None:
    desk.run("password", "set", "102", given="correct horse\n")
    ben = str({one["number"]: one["id"] for one in desk.list("extension", "list")}["102"])

    assert [one["act"] for one in log(desk, "--extension", "102")] == [
        "extension-add",
        "password-set",
    ]
    assert log(desk, "--extension", f"id:{ben}") == log(desk, "--extension", "102")
    assert [one["act"] for one in log(desk, "--act", "jwt-add")] == ["jwt-add"]
    assert log(desk, "--since", "2999") == []
    assert [one["act"] for one in log(desk, "--account", 0)] == ["app-set"]
    assert {one["actor"]["kind"] for one in log(desk)} == {"operator"}
    assert all(one["actor"]["name"] and one["atMs"] > 0 for one in log(desk))


def test_a_whole_log_is_proved_and_a_forged_one_ends_with_1(desk: Desk) -> None:
    house, acme = desk.run("audit", "verify").splitlines()
    account, noted = acme.split()[1].rstrip(":"), acme.split()[-1]
    desk.run("password", "set", "102", given="correct horse\n")
    grown = desk.run("audit", "verify", "--account", account, "--expect", noted)

    forge(desk, "UPDATE audit SET act = 'login' WHERE number = 3 AND account_id > 0")
    broken = desk.ask("audit", "verify")

    assert house.startswith("account 0: OK, 1 entries, head 1:")
    assert acme.startswith(f"account {account}: OK, ")
    assert "OK" in grown
    assert broken.status == 1
    assert f"account {account}: BROKEN at entry 3: this entry was edited" in broken.out
    assert "1 of 2 chains cannot be believed" in broken.err


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET previous = 'text' WHERE number = 2",
        "UPDATE audit SET details = x'ff00' WHERE number = 2",
        "UPDATE audit SET at_ms = 9223372036854775807 WHERE number = 2",
        "UPDATE audit SET hash = 7 WHERE number = 2",
        "DELETE FROM audit_head",
        "DELETE FROM audit",
    ],
)
def test_whatever_was_put_there_is_told_and_not_stumbled_over(desk: Desk, statement: str) -> None:
    forge(desk, statement)

    answer = desk.ask("audit", "verify")

    assert (answer.status, "BROKEN" in answer.out) == (1, True)
    assert "Traceback" not in answer.err
    assert desk.ask("audit", "list").status == 0
