"""Where pages begin, and what was counted, remembered while a mailbox stays as it is."""

from collections import OrderedDict
from typing import Any

REMEMBERED = 4096
PER_LIST = 256

Key = tuple[Any, ...]
Place = tuple[int, int]


class Anchors:
    """Of each list some places, as creation time and id; lists not asked for long are forgotten."""

    def __init__(self) -> None:
        self._lists: OrderedDict[Key, dict[int, Place]] = OrderedDict()
        self._totals: OrderedDict[Key, int | None] = OrderedDict()

    def find(self, key: Key, offset: int) -> tuple[int, Place] | None:
        """The nearest place at or before an offset: how far the offset is from it, and the place.

        What the offset counts from lies behind the place, without it.
        """
        places = self._lists.get(key)
        if not places:
            return None
        nearest = max((known for known in places if known <= offset), default=None)
        return None if nearest is None else (offset - nearest, places[nearest])

    def keep(self, key: Key, offset: int, place: Place) -> None:
        """Remember what stands before an offset."""
        places = self._lists.setdefault(key, {})
        self._lists.move_to_end(key)
        places[offset] = place
        if len(places) > PER_LIST:
            del places[next(iter(places))]
        if len(self._lists) > REMEMBERED:
            self._lists.popitem(last=False)

    def total(self, key: Key) -> tuple[int | None] | None:
        """The total of a list in a tuple, when it was counted."""
        return (self._totals[key],) if key in self._totals else None

    def keep_total(self, key: Key, total: int | None) -> None:
        """Remember what was counted."""
        self._totals[key] = total
        if len(self._totals) > REMEMBERED:
            self._totals.popitem(last=False)
