"""A parcel: an export as files in a directory, or in one ZIP, with the hash of each.

    manifest.json                      what it is, counts, and the hash of SHA256SUMS
    SHA256SUMS                         the hash of every other file, as `sha256sum -c` reads it
    directory.json                     accounts and who has them
    messages/EXTENSION.jsonl           one message a line
    conversations/EXTENSION.jsonl      who takes part in its pager conversations
    attachments/EXTENSION/ID-NUMBER    content
    errors.jsonl                       what could not be exported, if anything

It is written beside its place under a name of its own, and moved there when it is whole and on the
disk.  Who writes it holds a lock on it: what is there without one was left by an export that died.
"""

import contextlib
import fcntl
import glob
import os
import secrets
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from postroom.model.errors import PostroomError

MANIFEST, SUMS, DIRECTORY, ERRORS = "manifest.json", "SHA256SUMS", "directory.json", "errors.jsonl"
PIECE = 1 << 20
ZIP = ".zip"
PART = ".postroom-part"
ENCRYPTED = 1
"""The bit of an entry that cannot be read without a password."""


class ParcelRefused(PostroomError):
    """The parcel cannot be written, or cannot be read; the sentence says why."""


def messages(extension_id: int) -> str:
    """The name of a mailbox's messages."""
    return f"messages/{extension_id}.jsonl"


def conversations(extension_id: int) -> str:
    """The name of a mailbox's pager conversations."""
    return f"conversations/{extension_id}.jsonl"


def attachment(extension_id: int, message_id: int, number: int) -> str:
    """The name of an attachment's content."""
    return f"attachments/{extension_id}/{message_id}-{number}"


class Writer:
    """A file of a parcel that is being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.size = file, sha256(), 0

    def write(self, octets: bytes) -> None:
        """Write some more."""
        self._file.write(octets)
        self._hash.update(octets)
        self.size += len(octets)

    def hex(self) -> str:
        """The hash of what was written."""
        return self._hash.hexdigest()


class Packing:
    """A parcel that is being made: one file is written at a time."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}{PART}")
        self._check()
        self._zip: zipfile.ZipFile | None = None
        try:
            _sweep(target)
            if target.suffix == ZIP:
                self._held = os.open(self.beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                self._stream: IO[bytes] = os.fdopen(self._held, "wb", closefd=False)
                self._zip = zipfile.ZipFile(self._stream, "w", allowZip64=True)
            else:
                self.beside.mkdir(mode=0o700)
                self._held = os.open(self.beside, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ParcelRefused(f"{target} cannot be written: {error.strerror}") from error
        self._sums: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115

    def _check(self) -> None:
        if self.target.exists():
            raise ParcelRefused(f"{self.target} is there already; an export overwrites nothing")

    @contextlib.contextmanager
    def file(self, name: str, *, packed: bool = True) -> Iterator[Writer]:
        """Write one file; `packed` is compressed in a ZIP."""
        with self._opened(name, packed) as file:
            writer = Writer(file)
            yield writer
        self._sums.write(f"{writer.hex()}  {name}\n".encode())

    @contextlib.contextmanager
    def _opened(self, name: str, packed: bool) -> Iterator[IO[bytes]]:
        if self._zip is not None:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            info.external_attr = 0o600 << 16
            with self._zip.open(info, "w", force_zip64=True) as file:
                yield file
            return
        place = self.beside / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with place.open("xb") as file:
                yield file
        except BaseException:
            place.unlink(missing_ok=True)
            raise

    def add_sums(self) -> str:
        """Write the hashes of all files so far; the hash of that list."""
        self._sums.seek(0)
        with self._opened(SUMS, True) as file:
            writer = Writer(file)
            while piece := self._sums.read(PIECE):
                writer.write(piece)
        return writer.hex()

    def close(self, manifest: bytes) -> None:
        """Write the manifest, and put the parcel in its place; it is on the disk then.

        Raises `ParcelRefused` when another one has got there first.
        """
        with self._opened(MANIFEST, True) as file:
            file.write(manifest)
        self._sums.close()
        if self._zip is None:
            _sync_tree(self.beside)
            self._check()
            self.beside.rename(self.target)
        else:
            self._zip.close()
            self._stream.flush()
            os.fsync(self._held)
            self._move_file()
        _sync(self.target.parent)
        os.close(self._held)

    def _move_file(self) -> None:
        """Give the file its name, which a link does not take from another one as `rename` does."""
        try:
            os.link(self.beside, self.target)
        except FileExistsError:
            self._check()
            raise
        except OSError:  # a file system without links
            self._check()
            self.beside.rename(self.target)
        else:
            self.beside.unlink()

    def drop(self) -> None:
        """Leave nothing of it."""
        self._sums.close()
        if self._zip is not None:
            with contextlib.suppress(Exception):
                self._zip.close()
                self._stream.close()
        _remove(self.beside)
        with contextlib.suppress(OSError):
            os.close(self._held)


def _sweep(target: Path) -> None:
    """Remove what exports to this target left that were killed: nobody holds a lock on it."""
    for path in target.parent.glob(f".{glob.escape(target.name)}.????????{PART}"):
        try:
            held = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(path)
        except OSError:
            pass
        finally:
            os.close(held)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_tree(folder: Path) -> None:
    """Put a directory with all that is in it on the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Parcel(Protocol):
    """A parcel that is there, and is read."""

    def open(self, name: str) -> IO[bytes] | None:
        """A file of it; `None` when it has none of that name."""
        ...

    def close(self) -> None:
        """Be done with it."""
        ...


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes] | None:
        try:
            return (self._folder / name).open("rb")
        except OSError:
            return None

    def close(self) -> None:
        return


class _Zipped:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)
        if any(info.flag_bits & ENCRYPTED for info in self._zip.infolist()):
            self._zip.close()
            raise RuntimeError("encrypted")

    def open(self, name: str) -> IO[bytes] | None:
        try:
            return self._zip.open(name)
        except (KeyError, zipfile.BadZipFile, NotImplementedError):
            return None

    def close(self) -> None:
        self._zip.close()


def unpack(path: Path) -> Parcel:
    """Open a parcel.  Raises `ParcelRefused`."""
    if path.is_dir():
        return _Folder(path)
    try:
        return _Zipped(path)
    except RuntimeError as error:
        raise ParcelRefused(f"{path} is encrypted: unpack it, and import the directory") from error
    except FileNotFoundError as error:
        raise ParcelRefused(f"there is no {path}") from error
    except (OSError, zipfile.BadZipFile) as error:
        raise ParcelRefused(f"{path} is neither a directory nor a ZIP that is whole") from error


UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError)
"""What reading a damaged file of a parcel raises."""


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The octets of a file, bounded."""
    while piece := file.read(PIECE):
        yield piece
