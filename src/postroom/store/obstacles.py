"""What stands in the way of opening a store, in a sentence for whoever runs the server."""

import errno

import apsw
import asyncpg

from postroom.store.database import StoreSettings
from postroom.store.migrations import NewerSchema
from postroom.store.postgres import UnsafeDatabase

DENIED = "permission denied: this user may not read and write {where}"
FULL = "the disk is full: there is no room to open {where}"
SENTENCES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((NewerSchema, UnsafeDatabase), "{error}"),
    ((apsw.NotADBError,), "{where} is not a database"),
    ((apsw.CorruptError,), "{where} is damaged: restore a backup"),
    ((apsw.FullError,), FULL),
    ((apsw.ReadOnlyError, apsw.PermissionsError), DENIED),
    ((apsw.CantOpenError,), "{where} cannot be opened: is it a file in a directory that is there?"),
    ((apsw.BusyError, apsw.LockedError), "another process keeps {where} locked"),
    ((apsw.IOError,), "the disk does not read or write {where}"),
    (
        (asyncpg.InvalidAuthorizationSpecificationError,),
        "PostgreSQL refuses the user or the password: {error}",
    ),
    ((asyncpg.InvalidCatalogNameError,), "PostgreSQL has no such database: {error}"),
    ((asyncpg.InsufficientPrivilegeError,), "permission denied by PostgreSQL: {error}"),
    ((asyncpg.DiskFullError,), "the disk of PostgreSQL is full: {error}"),
    (
        (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError),
        "cannot connect to PostgreSQL: {error}",
    ),
    ((asyncpg.TooManyConnectionsError,), "PostgreSQL takes no more connections: {error}"),
)
"""Kinds of errors, and the sentence for each; the first that fits is told."""
FILES = {errno.EACCES: DENIED, errno.EPERM: DENIED, errno.EROFS: DENIED, errno.ENOSPC: FULL}
SPOKEN = "the store cannot be opened: {error}"


def obstacle(error: Exception, settings: StoreSettings) -> str:
    """One sentence about why the store of `settings` cannot be opened."""
    sentence = next((told for kinds, told in SENTENCES if isinstance(error, kinds)), None)
    if sentence is None and isinstance(error, OSError):
        sentence = _of_files(error, settings)
    said = " ".join(str(error).split()) or "it says no more"
    return (sentence or SPOKEN).format(where=settings.path, error=said)


def _of_files(error: OSError, settings: StoreSettings) -> str:
    if settings.dsn is not None:
        return "cannot connect to PostgreSQL: {error}"
    return FILES.get(error.errno or 0, "{where} cannot be opened: {error}")
