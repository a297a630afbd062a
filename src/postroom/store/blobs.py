"""Binary content: objects in a local directory or in S3, through obstore.

Content first, row second: an object is durable when `put` returns, and nothing refers to it before.
A local object is written beside its place, synced, and moved there; the directory is synced too.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Protocol

import obstore
from obstore.store import LocalStore, S3Store

PIECE = 1 << 20
"""At most so many octets of an object are in memory where it is read or written as a stream."""


class Incomplete(Exception):
    """An object is not there, shorter than it should be, or cannot be read: then it has a cause."""


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
        place = self.root / key
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

    async def get(self, key: str, start: int, end: int) -> bytes | None:
        """A range of an object."""
        return await _range(self._store, key, start, end)

    async def erase(self, key: str) -> None:
        """Forget an object."""
        await _erase(self._store, key)


class S3Blobs:
    """Objects in a bucket."""

    def __init__(self, bucket: str, prefix: str, **options: str) -> None:
        self._store = S3Store(bucket, prefix=prefix or None, config=dict(options))  # type: ignore[arg-type]

    async def put(self, key: str, content: bytes) -> None:
        """Keep an object durably."""
        await obstore.put_async(self._store, key, content)

    async def put_file(self, key: str, file: IO[bytes]) -> None:
        """Keep the rest of a file durably, uploaded in parts."""
        await obstore.put_async(self._store, key, file)

    def scratch(self) -> IO[bytes]:
        """A nameless file where the system keeps such files."""
        return tempfile.TemporaryFile()

    async def get(self, key: str, start: int, end: int) -> bytes | None:
        """A range of an object."""
        return await _range(self._store, key, start, end)

    async def erase(self, key: str) -> None:
        """Forget an object."""
        await _erase(self._store, key)


async def _range(store: LocalStore | S3Store, key: str, start: int, end: int) -> bytes | None:
    if end <= start:
        return b""
    try:
        return bytes(await obstore.get_range_async(store, key, start=start, end=end))
    except FileNotFoundError:
        return None


async def _erase(store: LocalStore | S3Store, key: str) -> None:
    try:
        await obstore.delete_async(store, key)
    except FileNotFoundError:
        return


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
