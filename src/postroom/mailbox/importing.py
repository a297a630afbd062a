"""Laying the messages of a parcel into mailboxes, as often as one likes.

A message whose id is there already stays as it is, so that the second import changes nothing.  Each
message is taken whole or not at all: its line and its content are held against their hashes before
the first of it is written, content before the row.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, NamedTuple

import msgspec

from postroom.mailbox import parcels
from postroom.mailbox.exporting import Tell
from postroom.mailbox.parcels import UNREADABLE, Parcel
from postroom.model.audit import UNSIGNED, Act, Signature, on_messages
from postroom.model.errors import InvalidReference, Unavailable
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.objects import Owner, key_of
from postroom.store import audit
from postroom.store import importing as store_importing
from postroom.store.blobs import Blobs
from postroom.store.commands import Steps
from postroom.store.database import Store
from postroom.store.importing import IDENTITY, Import, Reach, identity
from postroom.wire.manifest import ParticipationLine
from postroom.wire.records import AttachmentRecord, Damaged, Record, kept_of, read_line

CHUNK = 200
LONGEST_LINE = 1 << 22
PATIENCE = 60
"""Times a chunk is tried again while the server has too much to write, half a second apart."""

_PARTICIPATION = msgspec.json.Decoder(ParticipationLine)


class Unread(Exception):
    """The parcel, not the place that it is laid into, cannot be read any further."""


class Result(NamedTuple):
    """What became of the messages of a mailbox."""

    laid: int = 0
    there: int = 0
    problems: int = 0


@dataclass(slots=True, kw_only=True)
class Importer:
    """Lays mailboxes of one account; `sums` are the hashes of the parcel's lists.

    `problem` is told each thing that is left out, `signed` says in the audit log who lays it.
    """

    store: Store
    blobs: Blobs
    parcel: Parcel
    account_id: AccountId
    sums: Mapping[str, str]
    clock: Callable[[], int]
    tell: Tell
    problem: Callable[[str], None]
    signed: Signature = UNSIGNED
    _laid: int = field(default=0, init=False)
    _there: int = field(default=0, init=False)
    _problems: int = field(default=0, init=False)

    async def mailbox(self, owner: ExtensionId, number: str) -> Result:
        """Lay one mailbox."""
        self._laid = self._there = self._problems = 0
        try:
            if await self._conversations(owner):
                await self._messages(owner, number)
        except Unread as error:
            self._leave(f"the conversations of extension {number} cannot be read: {error}")
        except InvalidReference:
            self._leave(f"extension {number} ({owner}) is not on this server: nothing of it laid")
        return Result(self._laid, self._there, self._problems)

    def _leave(self, why: str) -> None:
        self._problems += 1
        self.problem(why)

    async def _transact(self, steps: Callable[[], Steps[list[int] | None]]) -> list[int] | None:
        for _ in range(PATIENCE):
            try:
                return await self.store.transact(steps, self.account_id, bulk=True)
            except Unavailable:
                await asyncio.sleep(0.5)
        raise Unavailable

    # -- conversations ---------------------------------------------------------------------------

    async def _conversations(self, owner: ExtensionId) -> bool:
        """Whether the conversations are whole; without them nobody knows who may read the pages."""
        name = parcels.conversations(owner)
        if not self._is_whole(name):
            self._leave(f"{name} is damaged: nothing of this mailbox laid")
            return False
        chunk: list[Reach] = []
        for line in self._lines(name):
            try:
                read = _PARTICIPATION.decode(line)
            except msgspec.MsgspecError:
                self._leave(f"{name} has a line that is none: nothing of this mailbox laid")
                return False
            chunk.append(Reach(*(getattr(read, name) for name in Reach._fields)))
            if len(chunk) == CHUNK:
                await self._join(owner, chunk)
                chunk = []
        await self._join(owner, chunk)
        return True

    async def _join(self, owner: ExtensionId, chunk: Sequence[Reach]) -> None:
        await self._transact(lambda: store_importing.join(self.account_id, owner, chunk))

    def _is_whole(self, name: str) -> bool:
        file = self.parcel.open(name)
        if file is None:
            return False
        with closing(file):
            return _hashed(file) == self.sums.get(name)

    def _lines(self, name: str) -> Iterator[bytes]:
        file = self.parcel.open(name)
        if file is None:
            return
        with closing(file):
            while line := _line(file):
                yield line

    # -- messages --------------------------------------------------------------------------------

    async def _messages(self, owner: ExtensionId, number: str) -> None:
        name = parcels.messages(owner)
        seen = sha256()
        chunk: list[Record] = []
        place = 0
        try:
            for place, line in enumerate(self._lines(name), 1):
                seen.update(line)
                try:
                    chunk.append(read_line(line))
                except Damaged as error:
                    self._leave(f"{name}, line {place}: {error}")
                if len(chunk) == CHUNK:
                    await self._chunk(owner, chunk)
                    chunk = []
                    self.tell(number, self._laid + self._there)
        except Unread as error:
            self._leave(f"{name} cannot be read behind line {place}: {error}")
        await self._chunk(owner, chunk)
        self.tell(number, self._laid + self._there)
        if seen.hexdigest() != self.sums.get(name):
            self._leave(f"{name} is not as it was exported: lines are damaged or missing")

    async def _chunk(self, owner: ExtensionId, records: Sequence[Record]) -> None:
        if not records:
            return
        rows = await self.store.fetch(
            IDENTITY,
            account_id=self.account_id,
            extension_id=owner,
            ids=[record.id for record in records],
        )
        known = {row[0]: tuple(row[1:]) for row in rows}
        new: list[Import] = []
        for record in records:
            one = await self._prepared(owner, record, known)
            if one is not None:
                new.append(one)
        if not new:
            return
        now = self.clock()

        def lay() -> Steps[list[int] | None]:
            laid = yield from store_importing.lay(self.account_id, owner, new, now)
            ids = [MessageId(id) for id in laid]
            deeds = on_messages(self.account_id, owner, Act.IMPORT, self.signed, ids)
            yield from audit.append(deeds)
            return laid

        self._laid += len(await self._transact(lay) or ())

    async def _prepared(
        self, owner: ExtensionId, record: Record, known: Mapping[int, tuple[int, ...]]
    ) -> Import | None:
        """The message with its content in place; `None` when it is there or cannot be taken."""
        keys = {
            one.number: key_of(Owner(self.account_id, owner, MessageId(record.id)), one.number)
            for one in record.attachments
        }
        try:
            kept = kept_of(record, self.account_id, owner, keys)
            if record.id in known:
                if known[record.id] != identity(kept.message):
                    raise Damaged("another message has its id")
                self._there += 1
                return None
            await self._contents(owner, record, keys)
        except Damaged as error:
            self._leave(f"message {record.id} of extension {owner}: {error}")
            return None
        return Import(kept.message, kept.changed_ms, kept.uncertain)

    async def _contents(self, owner: ExtensionId, record: Record, keys: Mapping[int, str]) -> None:
        """Keep all content of a message, or none of it.  Raises `Damaged`."""
        if len(keys) < len(record.attachments):
            raise Damaged("it has two attachments of one number")
        kept: list[str] = []
        try:
            for one in record.attachments:
                if one.sha256 is not None:
                    await self._content(owner, record.id, one, keys[one.number])
                    kept.append(keys[one.number])
        except BaseException:
            for key in kept:
                await self.blobs.erase(key)
            raise

    async def _content(self, owner: ExtensionId, id: int, one: AttachmentRecord, key: str) -> None:
        name = parcels.attachment(owner, id, one.number)
        file = self.parcel.open(name)
        if file is None:
            raise Damaged(f"{name} is missing")
        with closing(file), self.blobs.scratch() as whole:
            if _hashed(file, whole) != one.sha256 or whole.tell() != one.size:
                raise Damaged(f"{name} is damaged")
            whole.seek(0)
            await self.blobs.put_file(key, whole)


def _line(file: IO[bytes]) -> bytes:
    """The next line.  Raises `Unread`."""
    try:
        return file.readline(LONGEST_LINE)
    except UNREADABLE as error:
        raise Unread(str(error)) from error


def _hashed(file: IO[bytes], copy: IO[bytes] | None = None) -> str | None:
    """The hash of a file, which is copied on the way; `None` when it cannot be read."""
    hash, reading = sha256(), parcels.pieces(file)
    while True:
        try:
            piece = next(reading, b"")
        except UNREADABLE:
            return None
        if not piece:
            return hash.hexdigest()
        hash.update(piece)
        if copy is not None:
            copy.write(piece)
