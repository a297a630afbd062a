"""Binary content: objects in a local directory or in S3, through obstore.

Content first, row second: an object is durable when `put` returns, and nothing refers to it before.
A local object is written beside its place, synced, and moved there; the directory is synced too.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from postroom.model.objects import is_safe


class UnsafeKey(Exception):
    """A name that might lead out of the place where objects are."""


class Stored(NamedTuple):
    """An object that is there: its name, and when it was written, by real time in seconds."""

    key: str
    written: float


class Incomplete(Exception):
    """An object is not there, shorter than it should be, or cannot be read: then it has a cause."""


UNWRITABLE = (OSError, BaseError)
"""What keeping an object raises: a full disk, or a place for objects that does not take it."""
PIECE = 1 << 20
"""At most so many octets of an object are in memory where it is read or written as a stream."""
LISTED = 500


def _checked(key: str) -> str:
    if not is_safe(key):
        raise UnsafeKey(key)
    return key


class Blobs(Protocol):
    """Where objects are kept."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep an object durably."""
        ...

    async def put_file(self, key: str, file: IO[bytes]) -> None:
        """Keep the rest of a file durably as an object, in pieces."""
        ...

    def scratch(self) -> IO[bytes]:
        """A nameless file that is gone when it is closed, or when the process dies."""
        ...

    async def get(self, key: str, start: int, end: int) -> bytes | None:
        """Octets from `start` to before `end`; `None` when there is no such object."""
        ...

    async def erase(self, key: str) -> None:
        """Forget an object; nothing happens when there is none."""
        ...

    def everything(self) -> AsyncIterator[Stored]:
        """All objects, in any order; what was never finished is one as well."""
        ...


class LocalBlobs:
    """Objects as files below a directory."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self._store = LocalStore(root)

    async def put(self, key: str, content: bytes) -> None:
        """Keep an object durably."""
        await asyncio.to_thread(self._write, key, content)

    async def put_file(self, key: str, file: IO[bytes]) -> None:
        """Keep the rest of a file durably."""
        await asyncio.to_thread(self._write, key, file)

    def scratch(self) -> IO[bytes]:
        """A nameless file on the disk of the objects."""
        return tempfile.TemporaryFile(dir=self.root)

    def _write(self, key: str, content: bytes | IO[bytes]) -> None:
        place = self._place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        with beside.open("wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            else:
                shutil.copyfileobj(content, file, PIECE)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(place)
        self._sync_directories(place.parent)

    def _sync_directories(self, folder: Path) -> None:
        """Sync the folders down to the object: new ones are only names in their parents."""
        for directory in (folder, *folder.parents):
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if directory == self.root:
                return

    def _place(self, key: str) -> Path:
        return self.root / _checked(key)

    async def get(self, key: str, start: int, end: int) -> bytes | None:
        """A range of an object."""
        return await _range(self._store, _checked(key), start, end)

    async def erase(self, key: str) -> None:
        """Forget an object; of one that was never finished, the file beside its place."""
        folder, _, name = key.rpartition("/")
        _checked(f"{folder}/{name.lstrip('.')}".lstrip("/") if name.startswith(".") else key)
        await asyncio.to_thread((self.root / key).unlink, missing_ok=True)

    async def everything(self) -> AsyncIterator[Stored]:
        """All files."""
        walk = self._walk()
        while some := await asyncio.to_thread(_some, walk):
            for one in some:
                yield one

    def _walk(self) -> Iterator[Stored]:
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                try:
                    written = path.lstat().st_mtime
                except FileNotFoundError:
                    continue
                yield Stored(path.relative_to(self.root).as_posix(), written)


def _some(walk: Iterator[Stored]) -> list[Stored]:
    return [one for one, _ in zip(walk, range(LISTED), strict=False)]


class S3Blobs:
    """Objects in a bucket."""

    def __init__(self, bucket: str, prefix: str, **options: str) -> None:
        self._store = S3Store(bucket, prefix=prefix or None, config=dict(options))  # type: ignore[arg-type]

    async def put(self, key: str, content: bytes) -> None:
        """Keep an object durably."""
        await obstore.put_async(self._store, _checked(key), content)

    async def put_file(self, key: str, file: IO[bytes]) -> None:
        """Keep the rest of a file durably, uploaded in parts."""
        await obstore.put_async(self._store, _checked(key), file)

    def scratch(self) -> IO[bytes]:
        """A nameless file where the system keeps such files."""
        return tempfile.TemporaryFile()

    async def get(self, key: str, start: int, end: int) -> bytes | None:
        """A range of an object."""
        return await _range(self._store, _checked(key), start, end)

    async def erase(self, key: str) -> None:
        """Forget an object."""
        try:
            await obstore.delete_async(self._store, _checked(key))
        except FileNotFoundError:
            return

    async def everything(self) -> AsyncIterator[Stored]:
        """All objects below the prefix."""
        async for some in obstore.list(self._store, chunk_size=LISTED):
            for one in some:
                yield Stored(one["path"], one["last_modified"].timestamp())


async def _range(store: LocalStore | S3Store, key: str, start: int, end: int) -> bytes | None:
    if end <= start:
        return b""
    try:
        return bytes(await obstore.get_range_async(store, key, start=start, end=end))
    except FileNotFoundError:
        return None


async def pieces(blobs: Blobs, key: str, start: int, end: int) -> AsyncIterator[bytes]:
    """Octets from `start` to before `end`, piece by piece.  Raises `Incomplete`."""
    while start < end:
        try:
            piece = await blobs.get(key, start, min(start + PIECE, end))
        except Exception as error:
            raise Incomplete(key) from error
        if not piece:
            raise Incomplete(key)
        start += len(piece)
        yield piece
