"""The commands of the directory: what they change, what they say, and what they refuse."""

import stat
from pathlib import Path

import apsw
import pytest

from tests.cli.desk import Desk
from tests.databases import Postgres

NUMBER = "(650) 555-0100"


@pytest.fixture
async def desk(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    """A desk of an empty store of either engine."""
    if engine == "sqlite":
        return Desk(folder=tmp_path / "data")
    server: Postgres = request.getfixturevalue("postgres")
    return Desk(folder=tmp_path / "data", dsn=await server.database(empty=True))


def furnished(folder: Path) -> Desk:
    desk = Desk(folder=folder, apart=False)
    desk.run("init", "--name", "Acme", "--number", NUMBER)
    desk.run("extension", "add", "200", "Support", "--type", "department")
    return desk


@pytest.fixture
def small(tmp_path: Path) -> Desk:
    """A desk with a company of 101 and a department 200, on SQLite."""
    return furnished(tmp_path / "data")


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same, for commands that are refused."""
    return furnished(tmp_path_factory.mktemp("data"))


def extensions(desk: Desk, *account: str) -> dict[str, dict[str, object]]:
    return {row["number"]: row for row in desk.list("extension", "list", *account)}


async def test_a_company_is_made_and_furnished_on_either_engine(desk: Desk) -> None:
    made = desk.values("init", "--name", "Acme", "--number", NUMBER, "--administrator", "Ada A")
    desk.run("extension", "add", "102", "Ben Brown", "--email", "ben@example.com")
    desk.run("extension", "add", "200", "Support", "--type", "department")
    desk.run("number", "add", "16505550102", "102")
    desk.run("member", "add", "200", "101", "102")
    desk.run("member", "add", "200", "101", "--manager")

    found = extensions(desk)
    assert list(found) == ["101", "102", "200"]
    assert found["101"]["id"] == made["account"]
    assert found["101"]["administrator"] is True
    assert found["102"]["numbers"] == ["+16505550102"]
    [account] = desk.list("account", "list")
    assert (account["name"], account["mainNumber"]) == ("Acme", "+16505550100")
    assert [(row["extension"], row["role"]) for row in desk.list("member", "list")] == [
        ("101", "member"),
        ("102", "member"),
        ("101", "manager"),
    ]
    assert desk.refused("init", "--name", "Again").startswith("there is a company already")


def test_init_shows_every_secret_once_and_the_store_keeps_none(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path / "data", apart=False)

    made = desk.values("init", "--name", "Acme")

    secrets = [made[name] for name in ("client secret", "password", "jwt")]
    kept = b"".join(path.read_bytes() for path in desk.folder.iterdir())
    assert all(len(secret) >= 16 for secret in secrets)
    assert not any(secret.encode() in kept for secret in secrets)


def test_init_that_is_refused_leaves_the_store_empty(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path / "data", apart=False)

    assert "phoneNumber" in desk.refused("init", "--name", "Acme", "--number", "12")

    assert desk.list("account", "list") == []
    desk.run("init", "--name", "Acme")


@pytest.mark.parametrize("words", [("extension", "list"), ("backup", "b.db"), ("app", "list")])
def test_nothing_is_made_where_no_company_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    desk = Desk(folder=tmp_path / "data", apart=False)

    assert "there is no" in desk.refused(*words)

    assert not desk.folder.exists()


def test_an_extension_changes_and_goes(small: Desk) -> None:
    small.run("extension", "add", "102", "Ben Brown")
    small.run(
        *("extension", "set", "102", "--status", "Frozen", "--deny", "OutboundSMS"),
        *("--name", "Benjamin Brown", "--administrator", "yes", "--new-number", "103"),
    )
    changed = extensions(small)["103"]
    small.run("extension", "set", "103", "--allow", "OutboundSMS", "--status", "enabled")
    allowed = extensions(small)["103"]

    small.run("extension", "remove", "103")

    assert (changed["name"], changed["status"]) == ("Benjamin Brown", "Frozen")
    assert changed["denied"] == ["OutboundSMS"]
    assert changed["administrator"] is True
    assert (allowed["denied"], allowed["status"]) == ([], "Enabled")
    assert list(extensions(small)) == ["101", "200"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("extension add 101 Twin", "there is an extension 101 already"),
        ("extension add 123456789 Long", "1 to 8 digits are allowed"),
        ("extension set 999 --name X", "there is no extension 999 in Acme"),
        ("extension set 101 --deny Fly", "there is no permission Fly"),
        ("extension set 200 --new-number 101", "extensionNumber"),
        ("extension remove 101", "the system extension stays"),
        ("number add 12 101", "phoneNumber"),
        ("number add +16505550100 101", "Acme has +16505550100 already"),
        ("number assign 16505559999 101", "Acme has no number 16505559999"),
        ("number remove 16505559999", "Acme has no number 16505559999"),
        ("member add 101 200", "extension 101 is not a department but a User"),
        ("member add 200 200", "cannot be a member of a department"),
        ("member add 200 999", "there is no extension 999"),
        ("account set --main-number 16505559999", "Acme has no number 16505559999"),
        ("account set --home-country XX", "homeCountry"),
        ("account list --account 5 --nonsense", "unrecognized arguments"),
        ("extension list --account 5", "there is no account 5"),
        ("app add Bad --scope Fly", "Fly is none of"),
        ("app add Bad --public --grant password", "authorization code"),
        ("app remove nobody", "there is no app nobody"),
        ("jwt revoke 101 --label none", "extension 101 has no such credential"),
        ("jwt add 101 --days 0", "1 to 36500 days"),
        ("participant remove 77 101", "extension 101 was never named in conversation 77"),
        ("simulate sms --from 14155550123 --to 16505550100 --text Hi", "demo.env"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    unchanged: Desk, words: str, sentence: str
) -> None:
    before = unchanged.list("extension", "list")
    answer = unchanged.ask(*words.split())

    assert answer.status in (1, 2)
    assert sentence in answer.err
    assert "Traceback" not in answer.err
    assert unchanged.list("extension", "list") == before


def test_numbers_move_and_go(small: Desk) -> None:
    small.run("extension", "add", "102", "Ben")
    small.run("number", "add", "+1 650 555 0102", "101")
    small.run("number", "assign", "650-555-0102", "102")
    moved = {row["number"]: row["extension"] for row in small.list("number", "list")}

    small.run("number", "remove", "16505550100")

    assert moved == {"+16505550100": "101", "+16505550102": "102"}
    assert [row["number"] for row in small.list("number", "list")] == ["+16505550102"]
    assert small.list("account", "list")[0]["mainNumber"] is None


def test_a_second_account_has_its_own_people_and_must_be_named(small: Desk) -> None:
    told = small.run("account", "add", "Other", "--number", "16505550199")
    id = told.split()[1].rstrip(":")

    assert "choose one with --account" in small.refused("extension", "list")
    assert list(extensions(small, "--account", id)) == ["101"]
    refused = small.refused("number", "add", "16505550100", "101", "--account", id)
    assert refused == "+16505550100 belongs to another company"


def test_an_account_chooses(small: Desk) -> None:
    small.run("account", "set", "--department-takes-sms", "yes", "--home-country", "de")

    [account] = small.list("account", "list")
    assert (account["departmentTakesSms"], account["homeCountry"]) == (True, "DE")
    assert account["mainNumber"] == "+16505550100"


def test_members_come_and_go(small: Desk) -> None:
    small.run("extension", "add", "102", "Ben")
    small.run("member", "add", "200", "101", "102")

    small.run("member", "remove", "200", "101")

    assert [row["extension"] for row in small.list("member", "list", "200")] == ["102"]


def test_an_apps_secret_is_shown_once_and_a_public_app_has_none(small: Desk) -> None:
    made = small.values("app", "add", "Mine", "--scope", "SMS", "--grant", "jwt")
    public = small.values("app", "add", "Page", "--public", "--redirect-uri", "http://x/y")

    listed = {row["clientId"]: row for row in small.list("app", "list")}
    assert len(listed) == 3
    assert listed[made["client id"]]["scopes"] == ["SMS"]
    assert listed[made["client id"]]["grants"] == ["jwt"]
    assert listed[public["client id"]]["redirectUris"] == ["http://x/y"]
    assert public["client secret"] is None
    assert made["client secret"] not in small.run("app", "list")
    small.run("app", "remove", made["client id"])
    assert len(small.list("app", "list")) == 2


def test_a_password_comes_by_the_input_and_is_not_too_short(small: Desk) -> None:
    said = small.run("password", "set", "101", given="correct horse\n")

    assert "correct horse" not in said
    assert "at least 8" in small.refused("password", "set", "101", given="short\n")
    assert "at least 8" in small.refused("password", "set", "101")


def test_credentials_are_listed_without_their_text_and_revoked_by_label(small: Desk) -> None:
    text = small.run("jwt", "add", "101", "--label", "robot", "--days", "3").strip()
    listed = {row["label"]: row for row in small.list("jwt", "list")}

    small.run("jwt", "revoke", "101", "--label", "robot")

    after = {row["label"]: row["revoked"] for row in small.list("jwt", "list")}
    assert text.count(".") == 2
    assert set(listed) == {"init", "robot"}
    assert listed["robot"]["expires"] > listed["robot"]["created"]
    assert text not in small.run("jwt", "list")
    assert after["init"] is None
    assert after["robot"] is not None
    assert small.run("jwt", "revoke", "101") == "revoked: 1\n"


def test_lists_are_columns_for_people(small: Desk) -> None:
    first, second, third = small.run("extension", "list").splitlines()

    assert first.split()[:3] == ["id", "number", "name"]
    # An id may hold any digits: the blanks around belong to the column.
    assert second.index(" 101 ") == third.index(" 200 ") == first.index(" number ")


def test_a_backup_is_a_whole_store_for_its_owner_only(small: Desk, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"

    said = small.run("backup", str(target))

    assert str(target) in said
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    connection = apsw.Connection(str(target))
    assert list(connection.execute("SELECT number FROM extension ORDER BY number")) == [
        ("101",),
        ("200",),
    ]
    connection.close()
    assert "is there already" in small.refused("backup", str(target))


def test_a_database_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path, dsn="postgresql://nobody@127.0.0.1:1/none")

    assert desk.refused("extension", "list").startswith("the store cannot be opened: ")
