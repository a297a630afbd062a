"""`postroom export` and `postroom import` as people run them, beside a running server."""

import asyncio
import fcntl
import json
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from postroom.mailbox.parcels import Packing, ParcelRefused, unpack
from tests.cli.desk import Desk
from tests.server import Server, running


@pytest.fixture
async def server(tmp_path: Path, dsn: str | None) -> AsyncIterator[Server]:
    async with running(tmp_path / "data", dsn=dsn) as server:
        yield server


async def page(server: Server, token: str, text: str) -> dict[str, Any]:
    body = {"to": [{"extensionNumber": "102"}], "text": text}
    sent: dict[str, Any] = (await server.call(token, "POST", "company-pager", json=body)).json()
    return sent


@pytest.mark.slow
async def test_an_office_moves_to_another_server(
    server: Server, dsn: str | None, tmp_path: Path
) -> None:
    desk, target = Desk(folder=server.folder, dsn=dsn), tmp_path / "office.zip"
    token = await server.log_in(101)
    sent = [await page(server, token, f"Page {n}") for n in range(3)]

    said = await asyncio.to_thread(desk.run, "export", target)
    new = Desk(folder=tmp_path / "new")
    taken = await asyncio.to_thread(new.run, "import", target)
    again = await asyncio.to_thread(new.run, "import", target)
    jwt = (await asyncio.to_thread(new.run, "jwt", "add", "102")).strip()

    assert said.startswith(f"6 messages and 0 attachments are in {target}\nsha256 of the manifest")
    assert "made\n6 messages laid, 0 were there already" in taken
    assert "there already\n0 messages laid, 6 were there already" in again
    app = await asyncio.to_thread(new.values, "app", "add", "Inbox")
    async with running(new.folder, demo=False) as moved:
        answer = await moved.http.post(
            "/restapi/oauth/token",
            auth=(app["client id"], app["client secret"]),
            data={"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": jwt},
        )
        ben = answer.json()["access_token"]
        listed = (await moved.call(ben, "GET", "message-store")).json()
        reply = {"text": "Here I am", "replyOn": int(listed["records"][0]["id"])}
        answered = await moved.call(ben, "POST", "company-pager", json=reply)
    assert [one["subject"] for one in listed["records"]] == ["Page 2", "Page 1", "Page 0"]
    assert listed["paging"]["totalElements"] == len(sent)
    assert answered.status_code == 200


@pytest.mark.slow
async def test_an_import_beside_a_running_server_is_seen_at_once(
    server: Server, dsn: str | None, tmp_path: Path
) -> None:
    desk = Desk(folder=server.folder, dsn=dsn)
    token = await server.log_in(101)
    id = (await page(server, token, "Twice"))["id"]
    await asyncio.to_thread(desk.run, "export", tmp_path / "parcel", "--extension", "101")
    rewritten(tmp_path / "parcel", id, id - 1)

    await asyncio.to_thread(desk.run, "import", tmp_path / "parcel")

    shown = (await server.call(token, "GET", "message-store")).json()
    assert sorted(one["id"] for one in shown["records"]) == [id - 1, id]
    assert shown["paging"]["totalElements"] == 2


def rewritten(parcel: Path, old: int, new: int) -> None:
    """Give the only message another id, and make the hashes true again."""
    from tests.api.test_damaged_parcels import resum, rewrite

    [path] = (parcel / "messages").iterdir()
    assert json.loads(path.read_bytes())["message"]["id"] == old
    rewrite(path, lambda message: message.update(id=new))
    resum(parcel)


def made(folder: Path) -> Desk:
    """A company, by commands in this process."""
    desk = Desk(folder=folder / "data", apart=False)
    desk.run("init", "--name", "Acme", "--number", "+16505550100")
    return desk


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--since", "yesterday"), "--since: yesterday is no time"),
        (("--until", "2024-40-01"), "--until: 2024-40-01 is no time"),
        (("--since", "2024-02-02", "--until", "2024-02-01"), "--since is later than --until"),
        (("--extension", "999"), "there is no extension 999 in Acme"),
        (("--account", "7"), "there is no account 7"),
    ],
)
def test_an_export_that_cannot_be_made_is_refused(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    assert made(tmp_path).refused("export", tmp_path / "x", *words).startswith(sentence)

    assert not list(tmp_path.glob("x*"))


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    desk = made(tmp_path)
    (tmp_path / "x.zip").write_bytes(b"mine")

    assert "is there already" in desk.refused("export", tmp_path / "x.zip")
    assert "cannot be written" in desk.refused("export", tmp_path / "none" / "x")
    assert (tmp_path / "x.zip").read_bytes() == b"mine"


def test_an_export_is_for_its_owner_only(tmp_path: Path) -> None:
    desk = made(tmp_path)

    desk.run("export", tmp_path / "x")
    desk.run("export", tmp_path / "x.zip")

    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "x.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.testzip() is None


def test_what_a_killed_export_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    desk = made(tmp_path)
    dead, dead_zip = (
        tmp_path / ".x.0123abcd.postroom-part",
        tmp_path / ".x.zip.89abcdef.postroom-part",
    )
    (dead / "messages").mkdir(parents=True)
    dead_zip.write_bytes(b"half")
    (tmp_path / "x.part").mkdir()
    (tmp_path / "x.zip.part").write_bytes(b"mine")
    alive = tmp_path / ".x.zip.ffffffff.postroom-part"
    with alive.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        desk.run("export", tmp_path / "x")
        desk.run("export", tmp_path / "x.zip")

    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [alive.name, "data", "x", "x.part", "x.zip", "x.zip.part"]
    assert (tmp_path / "x.zip.part").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_of_two_exports_to_one_place_the_first_that_is_done_stays(
    tmp_path: Path, name: str
) -> None:
    first, second = Packing(tmp_path / name), Packing(tmp_path / name)
    for packing in (first, second):
        with packing.file("hello") as file:
            file.write(b"Hello")
    first.close(b"first")

    with pytest.raises(ParcelRefused, match="is there already"):
        second.close(b"second")
    second.drop()

    with closing(unpack(tmp_path / name)) as parcel:
        manifest = parcel.open("manifest.json")
        assert manifest is not None
        with manifest:
            assert manifest.read() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_holds_that_stand_are_told_of(tmp_path: Path) -> None:
    desk = made(tmp_path)
    desk.run("hold", "place", "--reason", "Acme v. Doe")

    answer = desk.ask("export", tmp_path / "x")

    assert answer.status == 0
    assert answer.err == "postroom: 1 legal holds stand, and are not in it\n"


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    desk = made(tmp_path)
    desk.run("export", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip", "a") as archive:
        archive.writestr("more", "x")  # so that the list of entries is written anew
        for info in archive.infolist():
            info.flag_bits |= 1

    assert "is encrypted" in desk.refused("import", tmp_path / "x.zip")


def test_a_way_of_packing_that_is_not_known_is_told(tmp_path: Path) -> None:
    desk = made(tmp_path)
    desk.run("export", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip", "a") as archive:
        archive.writestr("more", "x")
        for info in archive.infolist():
            if info.filename.startswith("conversations/"):
                info.compress_type = 97

    answer = desk.ask("import", tmp_path / "x.zip")

    assert answer.status == 3
    assert "Traceback" not in answer.err


def test_the_exit_status_tells_that_something_was_left_out(tmp_path: Path) -> None:
    desk = made(tmp_path)
    desk.run("export", tmp_path / "x")
    [path] = (tmp_path / "x" / "conversations").iterdir()
    path.write_bytes(b"x")

    answer = desk.ask("import", tmp_path / "x")

    assert answer.status == 3
    assert "1 things were left out" in answer.err


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    desk = made(tmp_path)
    (tmp_path / "text").write_text("Hello")

    assert "neither a directory nor a ZIP" in desk.refused("import", tmp_path / "text")
    assert "there is no" in desk.refused("import", tmp_path / "nothing")
    assert "has no manifest.json" in desk.refused("import", tmp_path / "data")
