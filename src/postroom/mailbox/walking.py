"""Reading a mailbox from its first message to its last, in pages, whatever its size.

A row that cannot be read is passed by and told, and the walk goes on.  Nothing is hidden: this is
for exports and reports, whose readers may read every mailbox.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from postroom.model.errors import Unavailable
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.message import MessageType
from postroom.store import codes, walking
from postroom.store.database import Store
from postroom.store.messages import to_message
from postroom.store.statements import Row
from postroom.wire.records import Kept

PAGE = 500
EARLIEST, LATEST = -(2**62), 2**62
T = TypeVar("T")


class Stretch(NamedTuple):
    """Which messages: inclusive bounds of the creation time; no types mean all."""

    since_ms: int = EARLIEST
    until_ms: int = LATEST
    types: tuple[MessageType, ...] = ()


class Unreadable(NamedTuple):
    """A message that is there and cannot be read; the sentence names no content."""

    id: int
    why: str


class Walked(NamedTuple, Generic[T]):
    """What was made of a page of messages, and those that nothing could be made of."""

    good: list[T]
    bad: list[Unreadable]


async def walk(
    store: Store,
    account_id: AccountId,
    owner: ExtensionId,
    stretch: Stretch,
    make: Callable[[Kept], T],
    page: int = PAGE,
) -> AsyncIterator[Walked[T]]:
    """Pages, oldest first; whatever `make` raises tells that a message is damaged."""
    arguments: dict[str, Any] = {
        "account_id": account_id,
        "extension_id": owner,
        "types": [codes.TYPE[one] for one in stretch.types],
        "until": stretch.until_ms,
        "limit": page,
    }
    after = stretch.since_ms, -1
    while True:
        arguments |= {"after_ms": after[0], "after_id": after[1]}
        rows, bad = await _page(store, arguments)
        if not rows and not bad:
            return
        places = [(row[walking.CREATED], row[walking.ID]) for row in rows]
        after = max([*places, *(place for place, _ in bad)])
        yield _made(rows, [one for _, one in bad], make)


def _made(rows: Sequence[Row], bad: list[Unreadable], make: Callable[[Kept], T]) -> Walked[T]:
    good: list[T] = []
    for row in rows:
        try:
            good.append(make(_kept(row)))
        except Exception as error:
            bad.append(Unreadable(row[walking.ID], type(error).__name__))
    return Walked(good, bad)


def _kept(row: Row) -> Kept:
    return Kept(
        message=to_message(row),
        changed_ms=row[walking.CHANGED],
        uncertain=bool(row[walking.UNCERTAIN]),
    )


Bad = tuple[tuple[int, int], Unreadable]


async def _page(store: Store, arguments: dict[str, Any]) -> tuple[list[Row], list[Bad]]:
    """The rows of a page; when the database cannot read them together, one by one."""
    typed = bool(arguments["types"])
    try:
        walk = walking.WALK_OF_TYPES if typed else walking.WALK
        return await store.fetch(walk, **arguments), []
    except Unavailable:
        raise
    except Exception:
        by_index = walking.PLACES_OF_TYPES if typed else walking.PLACES
        places = await store.fetch(by_index, **arguments)
    rows: list[Row] = []
    bad: list[Bad] = []
    owner = {name: arguments[name] for name in ("account_id", "extension_id")}
    for created_ms, id in places:
        try:
            rows += await store.fetch(walking.ENTRY_OF, **owner, id=id)
        except Unavailable:
            raise
        except Exception as error:
            bad.append(((created_ms, id), Unreadable(id, type(error).__name__)))
    return rows, bad


class Participation(NamedTuple):
    """Who takes part in a pager conversation, and how the owner of the mailbox does."""

    conversation_id: int
    explicit: bool
    department_id: int | None
    participant: int
    present: bool


async def participations(
    store: Store, account_id: AccountId, owner: ExtensionId, page: int = PAGE
) -> AsyncIterator[list[Participation]]:
    """The participants of every pager conversation of a mailbox, in pages."""
    after = -1, -1
    while rows := await store.fetch(
        walking.PARTICIPANTS,
        account_id=account_id,
        extension_id=owner,
        after_id=after[0],
        after_extension=after[1],
        limit=page,
    ):
        after = rows[-1][0], rows[-1][3]
        yield [Participation(r[0], bool(r[1]), r[2], r[3], bool(r[4])) for r in rows]
