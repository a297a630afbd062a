"""A disk that fails once, at the call that a test chooses: SQLite's file, and the objects' files.

Calls are counted from the moment that the disk is `armed`.  SQLite writes through a VFS of `apsw`;
for the objects the functions of `os` and `io` are replaced, for paths below their folder only.
"""

import errno
import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

import apsw
import pytest


class Fault(Enum):
    """How a call fails."""

    BROKEN = "input/output error"
    FULL = "no space left"
    SHORT = "half of it written, then no space left"
    FULL_FOR_GOOD = "no space left, from now on"


WRITES = frozenset({"write", "file write"})
ROOMY = frozenset({"file open", "mkdir"})
"""Calls beside the writes that may find no space."""


def faults_of(place: int, call: str) -> tuple[Fault, ...]:
    """How a call fails: of SQLite's many writes each in one way, the ways taking turns."""
    ways = tuple(Fault)
    if call == "write":
        return (ways[place // 3 % len(ways)],)
    if call in WRITES:
        return ways
    return ways[:2] if call in ROOMY else ways[:1]


class Disk:
    """Counts calls, and lets one of them fail."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.armed = False
        self._at: int | None = None
        self._fault = Fault.BROKEN
        self._lock = threading.Lock()

    def arm(self, at: int | None = None, fault: Fault = Fault.BROKEN) -> None:
        """Count from now on; the call number `at` fails."""
        with self._lock:
            self.calls, self._at, self._fault, self.armed = [], at, fault, True

    def disarm(self) -> None:
        """Work well from now on."""
        with self._lock:
            self.armed = False

    def called(self, call: str) -> Fault | None:
        """Note a call; how it fails, if it does."""
        with self._lock:
            if not self.armed:
                return None
            place = len(self.calls)
            self.calls.append(call)
            if self._at is None or place < self._at:
                return None
            if place == self._at:
                return self._fault
            lasting = self._fault is Fault.FULL_FOR_GOOD and call in WRITES | ROOMY
            return Fault.FULL if lasting else None


# -- SQLite --------------------------------------------------------------------------------------


def _refuse(fault: Fault | None) -> None:
    if fault is Fault.BROKEN:
        raise apsw.IOError("input/output error")
    if fault is not None:
        raise apsw.FullError("no space left")


class FaultyFile(apsw.VFSFile):
    """A file of SQLite on the disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write, all of it or half of it or nothing."""
        fault = self._disk.called("write")
        if fault is Fault.SHORT:
            super().xWrite(data[: len(data) // 2], offset)
        _refuse(fault)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Sync."""
        _refuse(self._disk.called("sync"))
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        """Truncate."""
        _refuse(self._disk.called("truncate"))
        super().xTruncate(size)


class FaultyVfs(apsw.VFS):
    """Opens SQLite's files on the disk."""

    def __init__(self, name: str, disk: Disk) -> None:
        super().__init__(name, "")
        self._disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open one file."""
        if name is None:
            return apsw.VFSFile("", name, flags)
        return FaultyFile(self._disk, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802
        """Remove one file."""
        _refuse(self._disk.called("delete"))
        super().xDelete(name, sync)


# -- objects -------------------------------------------------------------------------------------

CODES = {Fault.BROKEN: errno.EIO}


def _fail(fault: Fault | None, path: object) -> None:
    if fault is not None:
        code = CODES.get(fault, errno.ENOSPC)
        raise OSError(code, os.strerror(code), str(path))


class _Writing:
    """An open file whose writes may fail."""

    def __init__(self, disk: Disk, file: Any) -> None:
        self._disk, self._file = disk, file

    def write(self, data: bytes) -> int:
        fault = self._disk.called("file write")
        if fault is Fault.SHORT:
            self._file.write(data[: len(data) // 2])
        _fail(fault, self._file.name)
        return int(self._file.write(data))

    def __enter__(self) -> "_Writing":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def faulty_files(disk: Disk, objects: Path) -> Iterator[None]:
    """Let the files below a folder lie on the disk."""

    def below(path: object) -> bool:
        is_path = isinstance(path, str | os.PathLike)
        return is_path and str(path).startswith(f"{objects}")

    def watched(call: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def instead(path: Any, *rest: Any, **more: Any) -> Any:
            if below(path):
                _fail(disk.called(call), path)
            return real(path, *rest, **more)

        return instead

    real_open, real_fsync = io.open, os.fsync

    def opening(path: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if not below(path) or "r" in mode:
            return real_open(path, mode, *rest, **more)
        _fail(disk.called("file open"), path)
        return _Writing(disk, real_open(path, mode, *rest, **more))

    def syncing(descriptor: int) -> None:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if below(path):
            _fail(disk.called("fsync"), path)
        real_fsync(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(io, "open", opening)
        patch.setattr(os, "fsync", syncing)
        for call in ("rename", "unlink", "mkdir"):
            patch.setattr(os, call, watched(call, getattr(os, call)))
        yield
