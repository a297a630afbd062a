"""Wherever the disk fails in a scripted day, no success was promised that is not kept."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from postroom.app.house import built
from postroom.mailbox import erasing
from postroom.model.errors import Unavailable
from postroom.store import codes
from postroom.store.blobs import LocalBlobs
from postroom.store.database import Store, StoreSettings, migrate
from tests.crash import audit
from tests.faults.day import RECORDING, Day, Promises, Refused
from tests.faults.disk import Disk, Fault, FaultyVfs, faults_of, faulty_files
from tests.office import Clock, Office, seeded, settings_for

pytestmark = [
    pytest.mark.slow,
    # What SQLite passes over (a checkpoint that can wait) apsw reports as unraisable.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
VFS = "faulty"
FILE = "postroom.db"


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    """The disk that SQLite's VFS `faulty` writes on."""
    disk = Disk()
    vfs = FaultyVfs(VFS, disk)
    yield disk
    vfs.unregister()


@dataclass(slots=True)
class Morning:
    """A seeded office on a disk, to be copied for each day; tokens are got once."""

    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
async def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The demo company in a folder."""
    folder = tmp_path_factory.mktemp("morning")
    settings = StoreSettings(path=folder / FILE)
    await migrate(settings)
    store = Store(settings)
    await store.open()
    morning = Morning(folder, await seeded(store, Clock()))
    async with built(settings_for(folder), store, Clock()) as house:
        office = Office(house, morning.values, Clock())
        for who in ("101", "102"):
            morning.tokens[who] = await office.token(who)
        await office.http.aclose()
    await store.close()
    return morning


@dataclass(slots=True)
class Evening:
    """What a day left: a folder as a crash leaves it, and what was promised."""

    folder: Path
    promises: Promises
    stopped: bool
    calls: list[str]


async def lived(
    morning: Morning, disk: Disk, folder: Path, at: int | None = None, fault: Fault = Fault.BROKEN
) -> Evening:
    """A day on a copy of the morning, in which the call number `at` fails."""
    shutil.copytree(morning.folder, folder / "day")
    stopped: list[BaseException] = []
    store = Store(StoreSettings(path=folder / "day" / FILE), stopped.append, VFS)
    await store.open()
    clock = Clock()
    async with contextlib.AsyncExitStack() as stack:
        house = await stack.enter_async_context(built(settings_for(folder / "day"), store, clock))
        office = Office(house, morning.values, clock)
        office._tokens = dict(morning.tokens)
        await office.call(102, "GET", "message-store")
        stack.push_async_callback(office.http.aclose)
        stack.enter_context(faulty_files(disk, folder / "day" / "objects"))
        stack.callback(disk.disarm)
        day = Day(office)
        disk.arm(at, fault)
        for step in day.steps():
            try:
                await step()
            except (Refused, Unavailable):
                pass
            except Exception:
                if not stopped:
                    raise
            if stopped:
                break  # the process has ended here
        disk.disarm()
        _crash(folder)
        evening = Evening(folder / "after", day.promises, bool(stopped), disk.calls)
    await store.close()
    return evening


def _crash(folder: Path) -> None:
    """What is on the disk when the process dies now."""
    after = folder / "after"
    after.mkdir()
    for name in (FILE, f"{FILE}-wal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(folder / "day" / name, after / name)
    shutil.copytree(folder / "day" / "objects", after / "objects")


async def check(evening: Evening) -> None:
    """Start again, and hold everything against the promises."""
    await migrate(StoreSettings(path=evening.folder / FILE))
    file = evening.folder / FILE
    assert await audit.rows(file, "PRAGMA integrity_check") == [("ok",)]
    await audit.books(file)
    await _check_copies(evening)
    await _check_objects(evening)


async def _check_copies(evening: Evening) -> None:
    file, promises = evening.folder / FILE, evening.promises
    numbers: dict[int, str] = dict(await audit.rows(file, audit.EXTENSIONS))
    found: dict[tuple[str, str], tuple[str, str]] = {}
    ids: dict[int, tuple[str, str]] = {}
    for extension, id, text, availability, read in await audit.rows(
        file, "SELECT extension_id, id, subject, availability, read_status FROM message"
    ):
        state = (
            codes.AVAILABILITY.member(availability).value,
            codes.READ_STATUS.member(read).value,
        )
        ids[id] = state
        if text:
            assert (numbers[extension], text) not in found, "a copy stands there twice"
            found[numbers[extension], text] = state
    for copy, states in promises.copies.items():
        state = found.get(copy) or ids.get(promises.ids.get(copy, 0), ("gone", ""))
        assert state in states, f"{copy} is {state}, promised was one of {states}"
    waiting = {id for (id,) in await audit.rows(file, audit.OUTBOX)}
    assert promises.queued <= waiting


async def _check_objects(evening: Evening) -> None:
    """Each promised recording is whole; what no message names is gone after a sweep."""
    store = Store(StoreSettings(path=evening.folder / FILE))
    await store.open()
    blobs = LocalBlobs(evening.folder / "objects")
    try:
        for copy, key in evening.promises.objects.items():
            content = await blobs.get(key, 0, len(RECORDING))
            assert content == RECORDING, f"the recording of {copy}"
        files = [path for path in blobs.root.rglob("*") if path.is_file()]
        past = time.time() - erasing.SAFE_SECONDS - 60
        for path in files:
            os.utime(path, (past, past))
        async for key in erasing.orphans(store, blobs):
            await blobs.erase(key)
        rows = await audit.rows(
            evening.folder / FILE, "SELECT attachments FROM message WHERE attachments IS NOT NULL"
        )
        named = {key for (text,) in rows for key in erasing._keys(text)}
        left = {p.relative_to(blobs.root).as_posix() for p in blobs.root.rglob("*") if p.is_file()}
        assert left == named
    finally:
        await store.close()


@pytest.fixture(scope="module")
async def ordinary(
    morning: Morning, disk: Disk, tmp_path_factory: pytest.TempPathFactory
) -> Evening:
    """A day on which nothing fails."""
    return await lived(morning, disk, tmp_path_factory.mktemp("ordinary"))


async def test_on_an_ordinary_day_every_step_succeeds(ordinary: Evening) -> None:
    await check(ordinary)

    promised = ordinary.promises
    assert len(promised.copies) == 9
    assert ordinary.stopped is False
    kinds = set(ordinary.calls)
    assert kinds >= {"write", "sync", "file write", "fsync", "rename", "unlink", "mkdir"}


async def test_no_failure_of_the_disk_breaks_a_promise(
    morning: Morning, disk: Disk, ordinary: Evening, tmp_path: Path
) -> None:
    stops = 0
    for place, call in enumerate(ordinary.calls):
        for fault in faults_of(place, call):
            folder = tmp_path / f"{place}-{fault.name}"
            folder.mkdir()
            try:
                evening = await lived(morning, disk, folder, place, fault)
                await check(evening)
            except AssertionError as broken:
                raise AssertionError(f"{call} number {place}: {fault.value}") from broken
            stops += evening.stopped
            shutil.rmtree(folder)

    assert stops > 0
