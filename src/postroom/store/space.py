"""SQLite's file gives back what it does not need: free pages, a bounded number at a time.

Source: scale-and-inbox.md 2.3.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import apsw
from sqlalchemy import text

from postroom.store.commands import Rows, Steps, one
from postroom.store.statements import Statement

INCREMENTAL = 2
STEP = 256
"""Pages that are cut off in one transaction."""
_FREE = Statement(text("PRAGMA freelist_count"))
_MODE = Statement(text("PRAGMA auto_vacuum"))
_SHRINK = Statement(text(f"PRAGMA incremental_vacuum({STEP})"))


async def is_worth_it(look: Callable[[Statement], Awaitable[Rows]], spare: int) -> bool:
    """Whether there are free pages enough; asked by a reader, so that it costs no transaction."""
    [(free,)] = await look(_FREE)
    [(mode,)] = await look(_MODE)
    return bool(mode == INCREMENTAL and free >= spare + STEP)


def reclaim(spare: int) -> Steps[int]:
    """Cut free pages off the end, one step; `spare` ones stay for what is written next.

    In a file that was made before it could do so nothing happens: its free pages are used again.
    """
    [(before,)] = yield from one(_FREE)
    if before < spare + STEP:
        return 0
    yield from one(_SHRINK)
    [(after,)] = yield from one(_FREE)
    return int(before - after)


def compact(path: Path) -> tuple[int, int]:
    """Write the file anew, able to shrink from now on; its octets before and after.

    Whoever writes meanwhile waits, readers do not.
    """
    before = path.stat().st_size
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(600_000)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return before, path.stat().st_size
