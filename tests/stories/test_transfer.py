"""Everything of an account goes out as files and comes in again, on whatever engine."""

import asyncio
import json
from pathlib import Path

import pytest

from postroom.mailbox.parcels import ParcelRefused
from tests.damage import spoil
from tests.databases import ENGINES
from tests.faxes import fax, key_of
from tests.needs import program
from tests.office import DAY_MS, Office
from tests.transfers import Place, contents, lines, lived_in, messages


@pytest.mark.parametrize("elsewhere", ENGINES, indirect=True)
async def test_what_was_exported_is_the_same_after_an_import_into_an_empty_server(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "first")

    imported = await elsewhere.take_in(tmp_path / "first")
    await elsewhere.export(tmp_path / "second")

    first, second = tmp_path / "first", tmp_path / "second"
    assert lines(first) == lines(second)
    assert contents(first) == contents(second)
    assert len(contents(first)) == 4
    assert (first / "directory.json").read_bytes() == (second / "directory.json").read_bytes()
    assert await here.kept() == await elsewhere.kept()
    assert imported.is_new
    assert imported.result.laid == len(messages(first)) > 12


async def test_the_second_import_changes_nothing(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "parcel.zip")
    first = await elsewhere.take_in(tmp_path / "parcel.zip")
    kept, changes = await elsewhere.kept(), await elsewhere.changes()

    second = await elsewhere.take_in(tmp_path / "parcel.zip")

    assert second.result == (0, first.result.laid, 0)
    assert not second.is_new
    assert await elsewhere.kept() == kept
    assert await elsewhere.changes() == changes


async def test_each_imported_message_has_its_change_row(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "parcel")
    await elsewhere.take_in(tmp_path / "parcel")

    told = [subject for _, subject, kind in await elsewhere.changes() if kind == 0]

    assert sorted(told) == sorted(one["id"] for one in messages(tmp_path / "parcel"))


async def test_an_import_into_its_own_server_changes_nothing(
    office: Office, here: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "parcel")
    kept, changes = await here.kept(), await here.changes()

    imported = await here.take_in(tmp_path / "parcel")

    assert imported.result.laid == 0
    assert (await here.kept(), await here.changes()) == (kept, changes)


async def test_what_was_read_or_deleted_since_stays_so(
    office: Office, here: Place, tmp_path: Path
) -> None:
    id = (await office.page(101, 102)).json()["id"]
    await here.export(tmp_path / "parcel")
    await office.call(101, "DELETE", f"message-store/{id}")

    await here.take_in(tmp_path / "parcel")

    assert [one["id"] for one in await office.inbox(101, availability="Deleted")] == [id]


async def test_an_import_that_was_interrupted_is_run_again(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "first")
    await here.export(tmp_path / "part", "102")
    await elsewhere.take_in(tmp_path / "part")

    await elsewhere.take_in(tmp_path / "first")
    await elsewhere.export(tmp_path / "second")

    assert lines(tmp_path / "first") == lines(tmp_path / "second")


async def test_two_imports_at_the_same_time_lay_each_message_once(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "parcel")
    await here.export(tmp_path / "nobody", "104")
    await elsewhere.take_in(tmp_path / "nobody")

    both = await asyncio.gather(*(elsewhere.take_in(tmp_path / "parcel") for _ in range(2)))

    assert sum(one.result.laid for one in both) == len(messages(tmp_path / "parcel"))
    assert await here.kept() == await elsewhere.kept()


async def test_older_messages_come_behind_newer_ones(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    for day in range(3):
        await office.sms(102, "+16505550102", "+16505550103", f"Day {day}")
        office.forward(DAY_MS)
    until = office.clock()
    await here.export(tmp_path / "newer", since=until - 2 * DAY_MS, until=until)
    await here.export(tmp_path / "all", until=until)

    newer = await elsewhere.take_in(tmp_path / "newer")
    await elsewhere.take_in(tmp_path / "all")

    assert newer.result.laid == 2
    assert await here.kept() == await elsewhere.kept()


async def test_the_export_goes_on_past_damage_and_lists_it(
    office: Office, here: Place, tmp_path: Path
) -> None:
    good, empty, bad, broken = [await fax(office) for _ in range(4)]
    await spoil(here.store, bad, availability=9)
    await spoil(here.store, broken, sender="{")
    await here.blobs.erase(key_of(office, 102, empty))

    exported = await here.export(tmp_path / "parcel", "102")

    errors = [
        json.loads(line) for line in (tmp_path / "parcel/errors.jsonl").read_bytes().splitlines()
    ]
    assert {(one["messageId"], one["attachment"]) for one in errors} == {
        (empty, 1),
        (bad, None),
        (broken, None),
    }
    assert exported.manifest.errors == 3
    kept = {one["id"]: one["attachments"][0]["sha256"] for one in messages(tmp_path / "parcel")}
    assert set(kept) == {good, empty}
    assert kept[empty] is None


async def test_a_message_without_its_content_is_imported_without_it(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await here.blobs.erase(key_of(office, 102, await fax(office)))
    await here.export(tmp_path / "first")

    await elsewhere.take_in(tmp_path / "first")
    await elsewhere.export(tmp_path / "second")

    assert lines(tmp_path / "first") == lines(tmp_path / "second")


async def test_some_extensions_of_some_time(office: Office, here: Place, tmp_path: Path) -> None:
    await office.page(101, 102)
    now = office.clock()

    await here.export(tmp_path / "one", "101")
    await here.export(tmp_path / "later", since=now + DAY_MS, until=now + 2 * DAY_MS)

    assert [one["direction"] for one in messages(tmp_path / "one")] == ["Outbound"]
    assert messages(tmp_path / "later") == []
    with pytest.raises(ParcelRefused, match="no extension 999"):
        await here.export(tmp_path / "none", "999")
    with pytest.raises(ParcelRefused, match="is there already"):
        await here.export(tmp_path / "one", "101")
    assert not (tmp_path / "none").exists()


async def test_sha256sum_proves_an_export(office: Office, here: Place, tmp_path: Path) -> None:
    await lived_in(office)
    exported = await here.export(tmp_path / "parcel")
    name = next(iter(contents(tmp_path / "parcel")))

    whole = await checked(tmp_path / "parcel")
    (tmp_path / "parcel" / name).write_bytes(b"another one")
    changed = await checked(tmp_path / "parcel")

    assert (whole, changed) == (0, 1)
    manifest = json.loads((tmp_path / "parcel/manifest.json").read_bytes())
    assert manifest["messages"] == exported.manifest.messages == len(messages(tmp_path / "parcel"))


async def checked(parcel: Path) -> int | None:
    """How the program that everybody has likes the hashes of a parcel."""
    words = (program("sha256sum"), "-c", "--status", "--strict", "SHA256SUMS")
    process = await asyncio.create_subprocess_exec(*words, cwd=parcel)
    return await process.wait()
