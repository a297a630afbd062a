"""A copy of everything while the server runs.

What was acknowledged before the copy began is in it.  Objects are copied after the database, so
that none is missing that the copied database names.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import apsw

from postroom.model.errors import PostroomError
from postroom.store.database import StoreSettings
from postroom.store.sqlite import BUSY_MS

PASSWORD = re.compile(r"(?P<before>^[a-z]+://[^:/@]*):(?P<password>[^@/]*)@")
ENTIRELY = -1
PRIVATE = 0o600


class BackupFailed(PostroomError):
    """There is no backup; the sentence says why."""


def objects_beside(target: Path) -> Path:
    """Where the objects of a backup are."""
    return target.with_name(f"{target.name}.objects")


def back_up(settings: StoreSettings, target: Path, objects: Path | None) -> int:
    """Copy the database into a new file and the objects into a directory beside it.

    How many objects there are.  Raises `BackupFailed`; then nothing of it stays.
    """
    folder = objects_beside(target)
    for path in (target, folder):
        if path.exists():
            raise BackupFailed(f"{path} is there already; a backup overwrites nothing")
    beside = target.with_name(f"{target.name}.part")
    try:
        if settings.dsn is not None:
            _dump(settings.dsn, beside)
        else:
            assert settings.path is not None
            _copy(settings.path, beside)
        count = _copy_objects(objects, folder) if objects is not None else 0
        beside.replace(target)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BackupFailed(f"cannot write the backup: {error}") from error
    except apsw.Error as error:
        raise BackupFailed(f"cannot copy {settings.path}: {error}") from error
    finally:
        beside.unlink(missing_ok=True)
    return count


# -- SQLite ----------------------------------------------------------------------------------


def _copy(source: Path, target: Path) -> None:
    """Copy a database in one step: one snapshot, for which no writer waits."""
    if not source.exists():
        raise BackupFailed(f"there is no database {source}")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE))
    reading = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)
    writing = apsw.Connection(str(target))
    try:
        reading.set_busy_timeout(BUSY_MS)
        with writing.backup("main", reading, "main") as copying:
            copying.step(ENTIRELY)
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        [[verdict]] = writing.execute("PRAGMA quick_check(1)")
    finally:
        writing.close()
        reading.close()
    if verdict != "ok":
        raise BackupFailed(f"the copy of {source} is damaged: {verdict}")
    _sync(target)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_objects(objects: Path, folder: Path) -> int:
    """Copy every object that is there; one that is deleted meanwhile need not be."""
    count = 0
    for path in sorted(objects.rglob("*")) if objects.is_dir() else ():
        if not path.is_file() or path.name.startswith("."):  # half written
            continue
        copy = folder / path.relative_to(objects)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copy2(path, copy)
        except FileNotFoundError:
            continue
        _sync(copy)
        count += 1
    return count


# -- PostgreSQL ------------------------------------------------------------------------------


def _dump(dsn: str, target: Path) -> None:
    """Let PostgreSQL's own program write its archive format."""
    address, secrets = without_password(dsn)
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed(
            "pg_dump is not on the PATH; where it is, run: "
            f"pg_dump --format=custom --file={target.with_suffix('')} '{address}'"
        )
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE))
    ran = subprocess.run(
        [program, "--format=custom", f"--file={target}", f"--dbname={address}"],
        env={**os.environ, **secrets},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise BackupFailed(f"pg_dump failed: {' '.join(ran.stderr.split())}")
    _sync(target)


def without_password(dsn: str) -> tuple[str, Mapping[str, str]]:
    """A DSN that others may see in the list of processes, and the environment that completes it."""
    found = PASSWORD.match(dsn)
    if found is None:
        return dsn, {}
    return PASSWORD.sub(r"\g<before>@", dsn), {"PGPASSWORD": unquote(found["password"])}
