from collections.abc import Mapping
from pathlib import Path

import pytest

from postroom.config import ConfigError, Settings, load

NOTHING: Mapping[str, Mapping[str, object]] = {}


def read(tmp_path: Path, toml: str = "", **variables: str) -> Settings:
    file = tmp_path / "postroom.toml"
    file.write_text(toml)
    return load(file, variables, NOTHING)


def mistakes(tmp_path: Path, toml: str = "", **variables: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, toml, **variables)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_nothing_has_to_be_set() -> None:
    settings = load(None, {}, NOTHING)

    assert settings == Settings()
    assert settings.server.roles == ("api", "events", "transport", "worker")
    assert settings.carriers == {}


def test_the_environment_wins_over_the_file_and_the_command_line_over_both(tmp_path: Path) -> None:
    file = tmp_path / "postroom.toml"
    file.write_text('[server]\nlisten = "127.0.0.1:1"\nmax_body = 1\n[log]\nlevel = "error"')
    environment = {"POSTROOM__SERVER__LISTEN": "127.0.0.1:2", "POSTROOM__SERVER__MAX_BODY": "2"}

    settings = load(file, environment, {"server": {"listen": "127.0.0.1:3"}})

    assert settings.server.listen == "127.0.0.1:3"
    assert settings.server.max_body == 2
    assert settings.log.level == "error"


def test_variables_are_read_as_the_type_that_the_key_has() -> None:
    environment = {
        "POSTROOM__SERVER__ROLES": "api, worker",
        "POSTROOM__LOG__ACCESS": "true",
        "POSTROOM__CARRIERS__ACME__TRANSPORT": "simulator",
        "POSTROOM__CARRIERS__ACME__RATE": "7.5",
        "POSTROOM__CARRIERS__ACME__PREFIXES": "+1,+44",
        "HOME": "/",
    }

    settings = load(None, environment, NOTHING)

    assert settings.server.roles == ("api", "worker")
    assert settings.log.access is True
    assert settings.carriers["acme"].rate == 7.5
    assert settings.carriers["acme"].prefixes == ("+1", "+44")


def test_a_variable_finds_the_carrier_whose_name_it_cannot_spell(tmp_path: Path) -> None:
    toml = '[carriers.Acme-EU]\ntransport = "simulator"\nrate = 5'

    settings = read(tmp_path, toml, POSTROOM__CARRIERS__ACME_EU__RATE="9")

    assert list(settings.carriers) == ["Acme-EU"]
    assert settings.carriers["Acme-EU"].rate == 9


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(None, {"POSTROOM__SERVER__LISTEN": ""}, NOTHING) == Settings()


def test_a_secret_may_lie_in_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "acme.secret").write_text("hush\n")
    toml = '[carriers.acme]\ntransport = "simulator"\npassword_file = "acme.secret"'

    assert read(tmp_path, toml).carriers["acme"].password == "hush"


def test_a_secret_given_in_the_environment_wins_over_its_file(tmp_path: Path) -> None:
    (tmp_path / "acme.secret").write_text("old")
    toml = '[carriers.acme]\ntransport = "simulator"\npassword_file = "acme.secret"'

    settings = read(tmp_path, toml, POSTROOM__CARRIERS__ACME__PASSWORD="new")

    assert settings.carriers["acme"].password == "new"


def test_a_secret_and_its_file_together_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("sqlite")

    [told] = mistakes(tmp_path, '[store]\nurl = "sqlite"\nurl_file = "url"')

    assert told.startswith("[store] url_file: found a second value")


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    [told] = mistakes(tmp_path, '[store]\nurl_file = "nowhere"')

    assert told.startswith('[store] url_file: found the text "nowhere"')


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[server]\nlissten = 1", "[server] lissten: found an unknown key"),
        ("[sevrer]\nlisten = 1", "[sevrer]: found an unknown section"),
        ("server = 1", "[server]: found the number 1"),
        ('[server]\nmax_body = "10"', '[server] max_body: found the text "10"'),
        ("[server]\nmax_body = 0", "[server] max_body: found the number 0"),
        ("[server]\nroles = []", "[server] roles: found the list []"),
        ('[server]\nlisten = "8088"', '[server] listen: found the text "8088"'),
        ('[server]\nlisten = "h:99999"', '[server] listen: found the text "h:99999"'),
        ("[log]\naccess = 1", "[log] access: found the number 1"),
        ('[log]\nlevel = "loud"', '[log] level: found the text "loud"'),
        ("[log.level]\nx = 1", "[log] level: found a table"),
        ('[store]\nobjects = "gs://b"', '[store] objects: found the text "gs://b"'),
        ("[carriers]\nacme = 1", "[carriers] acme: found the number 1"),
        ("[carriers.acme]", "[carriers] acme: found an empty table"),
        ("[carriers.acme]\nport = 1", "[carriers.acme] transport: found nothing"),
    ],
)
def test_a_mistake_is_told_by_the_name_of_the_key(tmp_path: Path, toml: str, told: str) -> None:
    [mistake] = mistakes(tmp_path, toml)

    assert mistake.startswith(told)


def test_all_mistakes_are_told_at_once_with_where_they_were_made(tmp_path: Path) -> None:
    toml = "[server]\nmax_body = 0\n[sms]\nretry_hours = 0"

    told = mistakes(tmp_path, toml, POSTROOM__LOG__LEVEL="loud")

    assert len(told) == 3
    assert "postroom.toml" in told[0]
    assert "(POSTROOM__LOG__LEVEL)" in told[2]


def test_a_misspelled_name_is_answered_with_the_right_one(tmp_path: Path) -> None:
    [key, section] = mistakes(tmp_path, "[server]\nlissten = 1\n[sevrer]\nx = 1")

    assert key.endswith("did you mean listen?")
    assert section.endswith("did you mean server?")


def test_the_value_of_a_secret_is_never_told(tmp_path: Path) -> None:
    [told] = mistakes(tmp_path, '[store]\nurl = "mysql://root:hush@db"')

    assert told.startswith("[store] url: found a value that is not shown")
    assert "hush" not in told


def test_an_smpp_carrier_needs_a_host_and_a_system_id(tmp_path: Path) -> None:
    told = mistakes(tmp_path, '[carriers.acme]\ntransport = "smpp"')

    assert [line.partition(":")[0] for line in told] == [
        "[carriers.acme] host",
        "[carriers.acme] system_id",
    ]


@pytest.mark.parametrize("content", ["[server", "\xff"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "postroom.toml"
    file.write_bytes(content.encode("latin-1"))

    with pytest.raises(ConfigError, match=r"postroom\.toml"):
        load(file, {}, NOTHING)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "absent.toml", {}, NOTHING)


def test_the_demo_has_the_limits_off_unless_they_are_asked_for(tmp_path: Path) -> None:
    demo = "[demo]\nenabled = true\n"

    assert load(None, {}, NOTHING).limits.enabled is True
    assert read(tmp_path, demo).limits.enabled is False
    assert read(tmp_path, f"{demo}[limits]\nenabled = true").limits.enabled is True


def test_the_demo_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    toml = '[server]\nlisten = "0.0.0.0:8088"\n[demo]\nenabled = true\n'

    [told] = mistakes(tmp_path, toml)

    assert told.startswith("[server] listen")
    assert read(tmp_path, f"{toml}anywhere = true").demo.enabled
