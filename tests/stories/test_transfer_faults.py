"""An import that cannot end, and what the audit log tells of one."""

import errno
import json
from collections import Counter
from pathlib import Path
from typing import IO

import pytest

from postroom.directory import auditing
from postroom.mailbox.parcels import ParcelRefused
from postroom.model.ids import AccountId
from postroom.store import directory_copy as rows
from tests.databases import ENGINES
from tests.office import Office
from tests.transfers import Place, lived_in


async def test_a_full_disk_ends_the_import_and_the_next_one_goes_on(
    office: Office,
    here: Place,
    elsewhere: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await lived_in(office)
    await here.export(tmp_path / "parcel")
    whole, kept = elsewhere.blobs.put_file, 0

    async def full(key: str, file: IO[bytes]) -> None:
        nonlocal kept
        if kept == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        kept += 1
        await whole(key, file)

    with monkeypatch.context() as disk:
        disk.setattr(elsewhere.blobs, "put_file", full)
        problems: list[str] = []
        with pytest.raises(ParcelRefused, match=r"cannot keep more: .*No space left.*goes on"):
            await elsewhere.take_in(tmp_path / "parcel", problems)

    assert problems == []
    await elsewhere.take_in(tmp_path / "parcel")
    assert await here.kept() == await elsewhere.kept()


@pytest.mark.parametrize("elsewhere", ENGINES, indirect=True)
async def test_an_import_stands_in_the_audit_log(
    office: Office, here: Place, elsewhere: Place, tmp_path: Path
) -> None:
    await lived_in(office)
    exported = await here.export(tmp_path / "parcel")
    account_id = AccountId(exported.manifest.account_id)
    imported = await elsewhere.take_in(tmp_path / "parcel")
    again = await elsewhere.take_in(tmp_path / "parcel")

    log = [one async for one in auditing.every(elsewhere.store, auditing.Wanted(account_id))]

    acts = Counter(one.act for one in log)
    assert acts["account-add"] == 1
    assert exported.sha256 in log[0].details
    there = len(await elsewhere.store.fetch(rows.EXTENSIONS, account_id=account_id))
    assert acts["extension-add"] == there
    laid = [
        id
        for one in log
        if one.act == "import" and one.extension_id is not None
        for id in json.loads(one.details)["messages"]
    ]
    assert len(laid) == len(set(laid)) == imported.result.laid
    assert again.result.laid == 0
    assert [one.details for one in log if one.act == "import" and one.extension_id is None] == [
        f'{{"manifest":"{exported.sha256}"}}'
    ]
    await auditing.verify(elsewhere.store, account_id)
