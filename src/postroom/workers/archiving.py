"""Making the ZIPs of a message store report, in bounded memory.

    archive/0        account/A/extension/E/message-store.json        {"records": [message, …]}
                     errors.json                                     what could not be collected
    archive/1 …      account/A/extension/E/message-store/content/ID  content, at most 1 GB a ZIP

Each ZIP grows in a nameless file on the disk and is put into the store of objects when it is whole.
"""

import asyncio
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO

import msgspec

from postroom.mailbox.walking import Stretch, Unreadable, walk
from postroom.model.ids import ExtensionId
from postroom.model.message import Attachment, Message
from postroom.model.report import Archive, Report
from postroom.observability import logs
from postroom.store import reports
from postroom.store.blobs import Blobs, Incomplete, pieces
from postroom.store.database import Store
from postroom.store.leases import Lease
from postroom.wire.message_info import MessageInfo, message_info
from postroom.wire.records import Kept

LARGEST = 1_000_000_000
"""Octets of one ZIP; a single content that is larger has one of its own."""
MOST_ENTRIES = 50_000
"""Files in one ZIP: the list of them is held in memory."""
PER_ENTRY = 256
"""Octets that a file costs in a ZIP beside its content and twice its name."""
QUICK = 1
"""Level of compression: it runs beside people's requests."""

log = logs.get("workers.archiving")


class Volume:
    """A ZIP that grows."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK)
        self.size = self.entries = 0

    def open(self, name: str, *, packed: bool) -> IO[bytes]:
        """Begin a file in it."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        self.size += PER_ENTRY + 2 * len(name)
        self.entries += 1
        return self.zip.open(info, "w", force_zip64=True)

    def drop(self) -> None:
        """Be done with it, whole or not."""
        with suppress(Exception):
            self.zip.close()
        self.file.close()

    def has_room(self, octets: int, name: str, largest: int) -> bool:
        """Whether one more file fits; into an empty ZIP any fits."""
        after = self.size + octets + PER_ENTRY + 2 * len(name)
        return not self.entries or (after <= largest and self.entries < MOST_ENTRIES)


@dataclass(slots=True, kw_only=True)
class Archiver:
    """Collects the messages of one report, in one attempt, under a lease."""

    store: Store
    blobs: Blobs
    base: str
    lease: Lease
    report: Report
    attempt: int
    largest: int = LARGEST
    _number: int = field(default=0, init=False)
    _contents: Volume | None = field(default=None, init=False)

    async def make(self, extensions: Iterable[ExtensionId]) -> None:
        """Write all ZIPs; the mailboxes of `extensions` in their order."""
        with ExitStack() as files:
            metadata = Volume(files.enter_context(self.blobs.scratch()))
            problems = files.enter_context(self.blobs.scratch())
            try:
                for extension in extensions:
                    await self._mailbox(extension, metadata, problems)
                await self._finish_contents()
                await self._problems(metadata, problems)
                await self._keep(metadata, 0)
            finally:
                for volume in (metadata, self._contents):
                    if volume is not None:
                        volume.drop()

    async def _mailbox(self, owner: ExtensionId, metadata: Volume, problems: IO[bytes]) -> None:
        report = self.report
        stretch = Stretch(report.from_ms, report.to_ms, report.types)
        entry: IO[bytes] | None = None
        place = f"account/{report.account_id}/extension/{owner}"
        make = partial(_spelled, base=self.base)
        with ExitStack() as entries:
            async for page in walk(self.store, report.account_id, owner, stretch, make):
                for bad in page.bad:
                    _miss(problems, owner, bad)
                if not page.good:
                    continue
                before = b","
                if entry is None:
                    opened = metadata.open(f"{place}/message-store.json", packed=True)
                    entry, before = entries.enter_context(opened), b'{"records":['
                octets = before + b",".join(spelled for _, spelled in page.good)
                await asyncio.to_thread(entry.write, octets)
                for message, _ in page.good:
                    for one in message.attachments:
                        await self._content(message, one, place, problems)
            if entry is not None:
                entry.write(b"]}")

    async def _content(
        self, message: Message, one: Attachment, place: str, problems: IO[bytes]
    ) -> None:
        """Add one content; what is missing is listed."""
        is_first = one is message.attachments[0]
        name = f"{place}/message-store/content/{message.id}"
        name = name if is_first else f"{name}-{one.number}"
        reading = pieces(self.blobs, one.key, 0, one.size)
        try:
            first = await anext(reading, b"")
            volume = await self._volume(one.size, name)
            with volume.open(name, packed=False) as entry:
                entry.write(first)
                async for piece in reading:
                    await asyncio.to_thread(entry.write, piece)
            volume.size += one.size
        except Incomplete as error:
            how = "is missing" if error.__cause__ is None else "cannot be read"
            why = f"content {one.number} {how}"
            _miss(problems, message.extension_id, Unreadable(message.id, why))

    async def _volume(self, octets: int, name: str) -> Volume:
        """The ZIP that takes so many octets more."""
        if self._contents is not None and not self._contents.has_room(octets, name, self.largest):
            await self._finish_contents()
        if self._contents is None:
            self._contents = Volume(self.blobs.scratch())
        return self._contents

    async def _finish_contents(self) -> None:
        volume, self._contents = self._contents, None
        if volume is not None:
            self._number += 1
            try:
                await self._keep(volume, self._number)
            finally:
                volume.drop()

    async def _problems(self, metadata: Volume, problems: IO[bytes]) -> None:
        """List what could not be collected, if anything."""
        if not problems.tell():
            return
        log.warning("report is not complete", report=self.report.id)
        problems.seek(0)
        with metadata.open("errors.json", packed=True) as entry:
            entry.write(b'{"records":[')
            for place, line in enumerate(problems):
                entry.write((b"," if place else b"") + line.rstrip(b"\n"))
            entry.write(b"]}")

    async def _keep(self, volume: Volume, number: int) -> None:
        """Put a whole ZIP into the store of objects."""
        report = self.report
        await asyncio.to_thread(volume.zip.close)
        archive = Archive(
            account_id=report.account_id,
            report_id=report.id,
            attempt=self.attempt,
            number=number,
            size=volume.file.tell(),
        )
        await self.store.transact(partial(reports.announce, self.lease, archive))
        volume.file.seek(0)
        await self.blobs.put_file(archive.key, volume.file)
        await self.store.transact(partial(reports.measured, self.lease, archive))


def _spelled(kept: Kept, base: str) -> tuple[Message, bytes]:
    info: MessageInfo = message_info(kept.message, base)
    return kept.message, msgspec.json.encode(info)


def _miss(problems: IO[bytes], owner: int, bad: Unreadable) -> None:
    line = {"extensionId": str(owner), "id": bad.id, "problem": bad.why}
    problems.write(msgspec.json.encode(line) + b"\n")
