"""A disk that forgets everything that was not synced: a VFS for SQLite that knows the difference.

`apsw` lets SQLite write through it.  Each file's content is remembered when it is synced; a power
cut leaves exactly that.
"""

import threading
from pathlib import Path
from typing import Any

import apsw


class Platter:
    """What would be on the disk after a power cut, by path."""

    def __init__(self) -> None:
        self.synced: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def keep(self, path: str) -> None:
        """The file's content of now is safe."""
        content = Path(path).read_bytes()
        with self._lock:
            self.synced[path] = content

    def cut_power(self, folder: Path) -> None:
        """Lay out what is left."""
        with self._lock:
            left = dict(self.synced)
        folder.mkdir()
        for path, content in left.items():
            (folder / Path(path).name).write_bytes(content)


class LossyFile(apsw.VFSFile):
    """A file whose syncs are noted."""

    def __init__(self, platter: Platter, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._platter = platter
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if self._path not in platter.synced:
            platter.keep(self._path)

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Sync, and remember."""
        super().xSync(flags)
        self._platter.keep(self._path)


class LossyVfs(apsw.VFS):
    """Opens database and journal files that are noted; others as usual."""

    def __init__(self, name: str, platter: Platter) -> None:
        super().__init__(name, "")
        self.platter = platter

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open one file."""
        if name is None:
            return apsw.VFSFile("", name, flags)
        return LossyFile(self.platter, name, flags)
