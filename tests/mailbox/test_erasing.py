"""Objects go after the purge that let them go, whatever happens in between."""

import os
import time
from pathlib import Path

import pytest

from postroom.mailbox import erasing
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.message import Attachment, Direction, Message, MessageType
from postroom.model.objects import Owner, key_of
from postroom.store.blobs import LocalBlobs, UnsafeKey
from postroom.store.database import Store
from tests.mailbox import sweeping
from tests.mailbox.sweeping import Hands, mark
from tests.store import office

pytestmark = pytest.mark.usefixtures("furnished")
TOO_OLD = erasing.SAFE_SECONDS + 60


class Broken(LocalBlobs):
    """Objects on a disk that refuses to erase while it is broken."""

    broken = True

    async def erase(self, key: str) -> None:
        if self.broken:
            raise OSError(5, "Input/output error")
        await super().erase(key)


async def fax(store: Store, blobs: LocalBlobs, key: str | None = None) -> tuple[Message, str]:
    """A fax with its object, as its channel will lay it into a mailbox."""
    copy = office.message(1, type=MessageType.FAX, direction=Direction.INBOUND)
    name = key or key_of(Owner(copy.account_id, copy.extension_id, copy.id), 1)
    if key is None:
        await blobs.put(name, b"%PDF")
    attachment = Attachment(
        number=1, kind="RenderedDocument", content_type="application/pdf", key=name, size=4
    )
    copy = sweeping.copy_with(copy, attachments=(attachment,))
    await store.file(office.filing(copy))
    return copy, name


def files(blobs: LocalBlobs) -> list[str]:
    """Every file below the objects."""
    found = (path for path in blobs.root.rglob("*") if path.is_file())
    return sorted(path.relative_to(blobs.root).as_posix() for path in found)


async def test_a_crash_between_purge_and_erasure_leaves_nothing_for_ever(
    store: Store, tmp_path: Path
) -> None:
    blobs = LocalBlobs(tmp_path / "objects")
    copy, key = await fax(store, blobs)

    await mark(store, 1, [copy.id], office.NOW, step=Step.ERASE)  # and the process dies
    assert files(blobs) == [key]
    assert await store.fetch(sweeping.ERASURES) == [(key,)]

    await sweeping.sweeper(store, tmp_path, Hands(), blobs=blobs).round(thorough=False)

    assert files(blobs) == []
    assert await store.fetch(sweeping.ERASURES) == []


async def test_what_cannot_be_erased_now_is_erased_later(store: Store, tmp_path: Path) -> None:
    blobs = Broken(tmp_path / "objects")
    copy, key = await fax(store, blobs)
    marked = await mark(store, 1, [copy.id], office.NOW, step=Step.ERASE)
    node = sweeping.sweeper(store, tmp_path, Hands(), blobs=blobs)

    await erasing.let_go(store, blobs, office.ACCOUNT, marked)
    await node.round()
    assert files(blobs) == [key]

    blobs.broken = False
    await node.round()
    assert files(blobs) == []
    assert await store.fetch(sweeping.ERASURES) == []


async def test_a_missing_object_is_erased_already(store: Store, tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "objects")
    copy, key = await fax(store, blobs)
    (blobs.root / key).unlink()
    marked = await mark(store, 1, [copy.id], office.NOW, step=Step.ERASE)

    await erasing.let_go(store, blobs, office.ACCOUNT, marked)

    assert await store.fetch(sweeping.ERASURES) == []


@pytest.mark.parametrize(
    "key",
    [
        "../outside",
        "a/../../outside",
        "/etc/passwd",
        "..",
        "a//b",
        "a/.b",
        "",
        "a\x00b",
        "a\\b",
    ],
)
async def test_a_name_that_leads_elsewhere_touches_nothing(
    store: Store, tmp_path: Path, key: str
) -> None:
    (tmp_path / "outside").write_text("precious")
    blobs = LocalBlobs(tmp_path / "objects")
    for work in (blobs.put(key, b"x"), blobs.get(key, 0, 1)):
        with pytest.raises(UnsafeKey):
            await work

    if "\x00" not in key:
        copy, _ = await fax(store, blobs, key or "..")
        marked = await mark(store, 1, [copy.id], office.NOW, step=Step.ERASE)
        await erasing.let_go(store, blobs, office.ACCOUNT, marked)

    assert (tmp_path / "outside").read_text() == "precious"
    assert await store.fetch(sweeping.ERASURES) == []


async def test_objects_that_no_message_names_go_when_they_are_old(
    store: Store, tmp_path: Path
) -> None:
    blobs = LocalBlobs(tmp_path / "objects")
    _, named = await fax(store, blobs)
    lost = key_of(Owner(office.ACCOUNT, ExtensionId(1), MessageId(7)), 1)
    fresh = key_of(Owner(office.ACCOUNT, ExtensionId(1), MessageId(8)), 1)
    elsewhere = key_of(Owner(AccountId(99), ExtensionId(1), MessageId(7)), 1)
    others = ("whose/is-this", elsewhere)
    for key in (lost, fresh, *others):
        await blobs.put(key, b"x")
    half = blobs.root / "a" / ".half.1234abcd"
    half.write_bytes(b"")
    past = time.time() - TOO_OLD
    for key in (named, lost, *others):
        os.utime(blobs.root / key, (past, past))
    os.utime(half, (past, past))

    erased = await sweeping.sweeper(store, tmp_path, Hands(), blobs=blobs).orphans()

    assert erased == 2
    assert files(blobs) == sorted([named, fresh, *others])


async def test_the_object_of_a_purged_message_is_an_orphan_as_well(
    store: Store, tmp_path: Path
) -> None:
    blobs = LocalBlobs(tmp_path / "objects")
    copy, key = await fax(store, blobs)
    await mark(store, 1, [copy.id], office.NOW, step=Step.ERASE)
    past = time.time() - TOO_OLD
    os.utime(blobs.root / key, (past, past))

    assert [one async for one in erasing.orphans(store, blobs)] == [key]
