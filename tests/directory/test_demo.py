"""The demo company is the one that documentation and samples rely on."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import pytest

from postroom.cli import demo_env
from postroom.directory import apps, demo
from postroom.directory.companies import Companies
from postroom.model.company import Company, Usage
from postroom.model.ids import AccountId, ExtensionId
from postroom.store.database import Store
from postroom.store.extensions import ACCOUNTS
from tests.directory.lobby import START, Lobby

URL = "http://127.0.0.1:8088"
TABLE = """
101 Ada     User       Enabled  +16505550101
102 Ben     User       Enabled  +16505550102
103 Cleo    User       Enabled  +16505550103
104 Front   Voicemail  Enabled  +16505550104
105 Dana    User       Disabled +16505550105
106 Eli     User       Frozen   +16505550106
107 Fay     User       Enabled  -
200 Support Department Enabled  +16505550120
201 Night   Department Enabled  -
"""
KEYS = """
RC_SERVER_URL RC_APP_CLIENT_ID RC_APP_CLIENT_SECRET RC_CLIENT_ID RC_CLIENT_SECRET
RC_PUBLIC_CLIENT_ID RC_REDIRECT_URI RC_REDIRECT_URL RC_USERNAME RC_EXTENSION RC_PASSWORD
RC_USER_JWT RC_USER_JWT_102 RC_USER_JWT_103 RC_USER_JWT_104 RC_USER_JWT_105 RC_USER_JWT_106
RC_USER_JWT_107 RC_USER_JWT_200 RC_LIMITED_CLIENT_ID RC_LIMITED_CLIENT_SECRET
SMS_RECIPIENT SMS_RECIPIENT2
"""


def clock() -> int:
    return START


async def seeded(store: Store) -> tuple[Company, dict[str, str]]:
    values = await demo.seed(store, itertools.count(1_000), clock, URL)
    [(account_id, _)] = await store.fetch(ACCOUNTS)
    return await Companies(store).get(AccountId(account_id)), values


async def test_everybody_is_there_as_promised(store: Store) -> None:
    company, _ = await seeded(store)

    rows = []
    for number, one in sorted(company.by_number.items()):
        direct = [n.msisdn for n in company.numbers_of(one.id) if n.usage is Usage.DIRECT]
        rows.append([number, one.first_name, one.type, one.status, *(direct or ["-"])])
    assert rows == [line.split() for line in TABLE.strip().splitlines()]


async def test_the_main_number_rings_at_the_administrator(store: Store) -> None:
    company, _ = await seeded(store)

    ada = company.by_number["101"]
    main = company.numbers["+16505550100"]
    assert company.main_number == main.msisdn
    assert (main.usage, main.owner) == (Usage.MAIN, ada.id)
    assert int(ada.id) == int(company.account_id)
    assert [one.number for one in company.extensions.values() if one.administrator] == ["101"]


async def test_support_has_its_members_and_its_manager(store: Store) -> None:
    company, _ = await seeded(store)

    def numbers(of: Mapping[ExtensionId, tuple[ExtensionId, ...]]) -> dict[str, list[str]]:
        who = company.extensions
        return {who[to].number: [who[id].number for id in ids] for to, ids in of.items()}

    assert numbers(company.members) == {"200": ["102", "103", "105"]}
    assert numbers(company.managers) == {"200": ["101"]}


async def test_the_environment_has_every_key(store: Store) -> None:
    _, values = await seeded(store)

    assert sorted(values) == sorted(KEYS.split())
    assert values["RC_SERVER_URL"] == URL
    assert values["RC_CLIENT_ID"] == values["RC_APP_CLIENT_ID"]
    assert values["RC_CLIENT_SECRET"] == values["RC_APP_CLIENT_SECRET"]
    assert values["RC_REDIRECT_URI"] == values["RC_REDIRECT_URL"]
    assert (values["RC_USERNAME"], values["RC_EXTENSION"]) == ("+16505550100", "101")
    assert (values["SMS_RECIPIENT"], values["SMS_RECIPIENT2"]) == ("+14155550123", "+14155550124")


async def test_the_apps_are_what_their_names_say(store: Store) -> None:
    _, values = await seeded(store)

    client = await apps.find(store, values["RC_CLIENT_ID"])
    public = await apps.find(store, values["RC_PUBLIC_CLIENT_ID"])
    limited = await apps.find(store, values["RC_LIMITED_CLIENT_ID"])
    assert client is not None
    assert public is not None
    assert limited is not None
    assert "SMS" in client.scopes
    assert (client.is_public, public.is_public, limited.is_public) == (False, True, False)
    assert client.redirect_uris == public.redirect_uris == (values["RC_REDIRECT_URI"],)
    assert limited.scopes == ("ReadMessages", "ReadAccounts")


async def test_ada_logs_in_by_password(lobby: Lobby) -> None:
    values = lobby.values

    issued = await lobby.by_password(
        values["RC_USERNAME"], values["RC_PASSWORD"], extension=values["RC_EXTENSION"]
    )

    assert issued.session.extension_id == (await lobby.extension("101")).id


async def test_the_secrets_are_kept_before_the_company_is_made(store: Store) -> None:
    def crash(values: Mapping[str, str]) -> None:
        assert set(values) == set(KEYS.split())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await demo.seed(store, itertools.count(1_000), clock, URL, crash)

    assert await store.fetch(ACCOUNTS) == []


def test_the_file_is_for_its_owner_and_reads_as_it_was_written(tmp_path: Path) -> None:
    values = {"RC_SERVER_URL": URL, "ODD": 'it\'s $HOME; "quoted" #no comment', "NONE": ""}

    path = demo_env.write(tmp_path / "data", values)

    assert path.stat().st_mode & 0o777 == 0o600
    assert demo_env.read(tmp_path / "data") == values
    assert [one.name for one in path.parent.iterdir()] == ["demo.env"]


def test_at_another_address_only_addresses_change(tmp_path: Path) -> None:
    values = {
        "RC_SERVER_URL": URL,
        "RC_REDIRECT_URI": f"{URL}/demo/callback",
        "RC_REDIRECT_URL": f"{URL}/demo/callback",
        "RC_PASSWORD": URL,
    }
    demo_env.write(tmp_path, values)

    demo_env.readdress(tmp_path, "http://127.0.0.1:9000")

    assert demo_env.read(tmp_path) == {
        "RC_SERVER_URL": "http://127.0.0.1:9000",
        "RC_REDIRECT_URI": "http://127.0.0.1:9000/demo/callback",
        "RC_REDIRECT_URL": "http://127.0.0.1:9000/demo/callback",
        "RC_PASSWORD": URL,
    }


def test_at_the_same_address_the_file_is_not_touched(tmp_path: Path) -> None:
    path = demo_env.write(tmp_path, {"RC_SERVER_URL": URL})
    before = path.stat()

    demo_env.readdress(tmp_path, URL)

    assert path.stat() == before
