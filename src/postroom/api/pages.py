"""Pages of lists that are in memory: the directory's.

Source: wire.md 0.3.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from postroom.api.query import PageQuery
from postroom.wire.paging import Arguments, NavigationInfo, PagingInfo, page_of

T = TypeVar("T")


class Shown(NamedTuple):
    """Where a page stands, as every list shows it."""

    uri: str
    paging: PagingInfo
    navigation: NavigationInfo


def cut(
    query: PageQuery, uri: str, arguments: Arguments, found: Sequence[T]
) -> tuple[Sequence[T], Shown]:
    """The part of what was found that is on the page; `arguments` are the filters in effect."""
    page, per_page = query.page, query.per_page
    start = (page - 1) * per_page
    records = found[start : start + per_page]
    place = page_of(
        uri, arguments, page=page, per_page=per_page, shown=len(records), total=len(found)
    )
    return records, Shown(*place)


def given(**filters: object) -> Arguments:
    """The filters that were given, by their names on the wire; empty ones are left out."""
    return {
        name: [str(one) for one in value] if isinstance(value, tuple) else str(value)
        for name, value in filters.items()
        if value not in (None, ())
    }
