"""How full a mailbox is, by its counters alone.  The batch marks; the sweeper makes room."""

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from postroom.model.company import AccountSettings
from postroom.model.keeping import FOLDERS, Folder, Keeping
from postroom.store import codes, counters

_Pick = Callable[[Any], tuple[int, ...]]


def _pick(folder: Folder) -> _Pick:
    """Take the counters of a folder out of a mailbox's."""
    availability = codes.AVAILABILITY[folder.availability]
    return itemgetter(
        *(
            counters.place(codes.TYPE[type], codes.DIRECTION[direction], read, availability)
            for type in folder.types
            for direction in folder.directions
            for read in range(counters.READ_STATES)
        )
    )


_PICKS = {folder.name: _pick(folder) for folder in FOLDERS}


@lru_cache(maxsize=1024)
def _limits(keeping: Keeping) -> tuple[int, tuple[tuple[_Pick, int], ...]]:
    """The smallest limit, and each folder's counters with its own."""
    limits = tuple((_PICKS[f.name], f.most(keeping)) for f in FOLDERS if f.most(keeping))
    return min((most for _, most in limits), default=2**62), limits


def is_over(numbers: "array[int]", keeping: Keeping) -> bool:
    """Whether any folder holds more than it may."""
    smallest, limits = _limits(keeping)
    if sum(numbers) <= smallest:
        return False
    return any(sum(pick(numbers)) > most for pick, most in limits)


def excess(packed: bytes, keeping: Keeping) -> Sequence[tuple[Folder, int]]:
    """The folders that hold more than they may, and by how many messages."""
    numbers = counters.unpack(packed)
    found = (
        (folder, sum(_PICKS[folder.name](numbers)) - folder.most(keeping))
        for folder in FOLDERS
        if folder.most(keeping)
    )
    return [(folder, over) for folder, over in found if over > 0]


@lru_cache(maxsize=4096)
def keeping_of(settings: str, house: Keeping) -> Keeping:
    """What holds for an account, by the JSON of its settings."""
    return msgspec.json.decode(settings, type=AccountSettings).keeping.over(house)
