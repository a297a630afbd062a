"""Parcels that were damaged, or made by somebody else: what is whole is laid, the rest is told."""

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from postroom.mailbox.parcels import ParcelRefused
from postroom.store.blobs import LocalBlobs
from postroom.store.database import Store, StoreSettings, migrate
from tests.faxes import OCTETS, fax
from tests.office import Office
from tests.transfers import Place, messages


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Place]:
    where = StoreSettings(path=tmp_path / "elsewhere.db")
    await migrate(where)
    store = Store(where)
    await store.open()
    yield Place(store, LocalBlobs(tmp_path / "elsewhere"))
    await store.close()


@pytest.fixture
async def parcel(office: Office, tmp_path: Path) -> Path:
    """Three faxes and a page."""
    for _ in range(3):
        await fax(office)
    await office.page(101, 102)
    blobs = office.house.counter.blobs
    assert isinstance(blobs, LocalBlobs)
    await Place(office.house.store, blobs).export(tmp_path / "parcel")
    return tmp_path / "parcel"


def mailbox(parcel: Path, office: Office, number: int = 102) -> Path:
    return parcel / "messages" / f"{office.id(number)}.jsonl"


def resum(parcel: Path) -> None:
    """Make all hashes of files true again, as whoever makes a parcel of his own does."""
    names = [
        path.relative_to(parcel).as_posix()
        for path in sorted(parcel.rglob("*"))
        if path.is_file() and path.name not in ("SHA256SUMS", "manifest.json")
    ]
    sums = "".join(f"{sha(parcel / name)}  {name}\n" for name in names)
    (parcel / "SHA256SUMS").write_text(sums)
    manifest = json.loads((parcel / "manifest.json").read_text())
    manifest["sums"] = sha(parcel / "SHA256SUMS")
    (parcel / "manifest.json").write_text(json.dumps(manifest))


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewrite(path: Path, change: Callable[[dict[str, Any]], None], place: int = 0) -> None:
    """Change a message, and make the hash of its line true again."""
    lines = path.read_bytes().splitlines()
    message = json.loads(lines[place])["message"]
    change(message)
    spelled = json.dumps(message).encode()
    digest = hashlib.sha256(spelled).hexdigest().encode()
    lines[place] = b'{"sha256":"%b","message":%b}' % (digest, spelled)
    path.write_bytes(b"\n".join(lines) + b"\n")


async def test_a_damaged_line_is_told_and_the_others_are_laid(
    office: Office, elsewhere: Place, parcel: Path
) -> None:
    path = mailbox(parcel, office)
    path.write_bytes(path.read_bytes().replace(b'"Fax"', b'"SMS"', 1))
    problems: list[str] = []

    imported = await elsewhere.take_in(parcel, problems)

    assert imported.result.laid == 4
    assert ["line 1: its hash" in problems[0], "missing" in problems[1]] == [True, True]
    assert imported.result.problems == len(problems) == 2


@pytest.mark.parametrize("lost", ["first", "last", "tail"])
async def test_lines_that_are_gone_are_missed(
    office: Office, elsewhere: Place, parcel: Path, lost: str
) -> None:
    path = mailbox(parcel, office)
    octets = path.read_bytes()
    first, *rest = octets.splitlines(keepends=True)
    left = {"first": b"".join(rest), "last": octets[: -len(rest[-1])], "tail": octets[:-10]}
    path.write_bytes(left[lost])
    problems: list[str] = []

    imported = await elsewhere.take_in(parcel, problems)

    assert first
    assert imported.result.laid == 4
    assert "lines are damaged or missing" in problems[-1]


@pytest.mark.parametrize("how", ["changed", "short", "missing"])
async def test_nothing_is_laid_of_a_message_whose_content_is_damaged(
    office: Office, elsewhere: Place, parcel: Path, how: str
) -> None:
    path = min((parcel / "attachments").rglob("*-1"))
    id = int(path.name.partition("-")[0])
    path.unlink()
    if how != "missing":
        path.write_bytes(OCTETS[::-1] if how == "changed" else OCTETS[:-1])
    problems: list[str] = []

    imported = await elsewhere.take_in(parcel, problems)

    assert imported.result.laid == 4
    [problem] = problems
    assert str(id) in problem
    assert not [one for one in elsewhere.blobs.root.rglob("*") if str(id) in one.name]


async def test_content_that_was_mended_is_laid_by_the_next_import(
    elsewhere: Place, parcel: Path, tmp_path: Path
) -> None:
    path = min((parcel / "attachments").rglob("*-1"))
    path.write_bytes(b"")
    await elsewhere.take_in(parcel, [])
    path.write_bytes(OCTETS)

    imported = await elsewhere.take_in(parcel)
    await elsewhere.export(tmp_path / "again")

    assert imported.result == (1, 4, 0)
    assert messages(tmp_path / "again") == messages(parcel)


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json", "directory.json"])
@pytest.mark.parametrize("how", ["missing", "changed", "nonsense"])
async def test_a_parcel_that_is_not_what_it_says_is_refused(
    elsewhere: Place, parcel: Path, name: str, how: str
) -> None:
    path = parcel / name
    if how == "missing":
        path.unlink()
    elif how == "changed":
        path.write_bytes(path.read_bytes().replace(b"0", b"1"))
    else:
        path.write_bytes(b"\xff\x00{")

    with pytest.raises(ParcelRefused):
        await elsewhere.take_in(parcel)

    assert await elsewhere.kept() == [[]] * 6


async def test_the_manifest_holds_for_all(office: Office, elsewhere: Place, parcel: Path) -> None:
    manifest = (parcel / "manifest.json").read_bytes()
    rewrite(mailbox(parcel, office), lambda message: message.update(subject="Forged"))
    resum(parcel)
    (parcel / "manifest.json").write_bytes(manifest)

    with pytest.raises(ParcelRefused, match="is not the one"):
        await elsewhere.take_in(parcel)


async def test_without_its_conversations_a_mailbox_is_left_out(
    office: Office, elsewhere: Place, parcel: Path
) -> None:
    (parcel / "conversations" / f"{office.id(101)}.jsonl").write_bytes(b"")
    problems: list[str] = []

    imported = await elsewhere.take_in(parcel, problems)

    assert imported.result.laid == 4
    assert "nothing of this mailbox" in problems[0]


def set_to(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda message: message.update(values)


@pytest.mark.parametrize(
    "change",
    [
        set_to(id=2**53),
        set_to(id=0),
        set_to(id="1"),
        set_to(conversationId=2**63),
        set_to(type="Letter"),
        set_to(creationTime="yesterday"),
        set_to(subject="a\0b"),
        set_to(segments=40_000),
        set_to(attempts=-1),
        set_to(**{"from": 7}),
        set_to(to={}),
        set_to(attachments=[{"number": 1}]),
        lambda message: message["attachments"].append(message["attachments"][0]),
        lambda message: message.pop("subject"),
    ],
)
async def test_a_record_that_cannot_be_kept_is_told_and_left_out(
    office: Office, elsewhere: Place, parcel: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    rewrite(mailbox(parcel, office), change)
    resum(parcel)
    problems: list[str] = []

    imported = await elsewhere.take_in(parcel, problems)

    assert imported.result == (4, 0, 1)
    assert len(problems) == 1


async def test_the_largest_id_is_taken(office: Office, elsewhere: Place, parcel: Path) -> None:
    rewrite(mailbox(parcel, office, 101), set_to(id=2**53 - 1))
    resum(parcel)

    assert (await elsewhere.take_in(parcel)).result.laid == 5


async def test_another_message_with_the_same_id_is_told_and_nothing_is_overwritten(
    office: Office, elsewhere: Place, parcel: Path, tmp_path: Path
) -> None:
    await elsewhere.take_in(parcel)
    before = messages(parcel)
    rewrite(mailbox(parcel, office, 101), set_to(direction="Inbound", subject="Mine"))
    resum(parcel)
    problems: list[str] = []

    await elsewhere.take_in(parcel, problems)
    await elsewhere.export(tmp_path / "again")

    assert "another message has its id" in problems[0]
    assert messages(tmp_path / "again") == before


async def test_a_mailbox_that_this_server_does_not_have_is_told(
    office: Office, elsewhere: Place, parcel: Path
) -> None:
    await elsewhere.take_in(parcel)
    manifest = json.loads((parcel / "manifest.json").read_text())
    manifest["mailboxes"][0]["extensionId"] = 7
    for part in ("messages", "conversations"):
        (parcel / part / "7.jsonl").write_bytes(b"")
    (parcel / "manifest.json").write_text(json.dumps(manifest))
    resum(parcel)
    problems: list[str] = []

    await elsewhere.take_in(parcel, problems)

    assert "is not on this server" in problems[0]


async def test_numbers_of_somebody_else_are_not_taken_away(
    office: Office, elsewhere: Place, parcel: Path
) -> None:
    await elsewhere.take_in(parcel)
    manifest = json.loads((parcel / "manifest.json").read_text())
    directory = json.loads((parcel / "directory.json").read_text())
    manifest["accountId"] = directory["id"] = 4711
    (parcel / "manifest.json").write_text(json.dumps(manifest))
    (parcel / "directory.json").write_text(json.dumps(directory))
    resum(parcel)

    with pytest.raises(ParcelRefused, match="another account of this server has one of them"):
        await elsewhere.take_in(parcel)


async def test_a_zip_that_is_cut_off_is_refused(elsewhere: Place, tmp_path: Path) -> None:
    path = tmp_path / "parcel.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", b"{}")
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(ParcelRefused, match="neither a directory nor a ZIP"):
        await elsewhere.take_in(path)
    with pytest.raises(ParcelRefused, match="there is no"):
        await elsewhere.take_in(tmp_path / "nothing.zip")
