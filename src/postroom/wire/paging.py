"""Enumerated paging as every list shows it.

Source: wire.md 0.3.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import msgspec

PER_PAGE = 100
MAX_PER_PAGE = 1000


class PagingInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """Where a page stands; for an empty list the places are left out."""

    page: int | None = None
    total_pages: int | None = None
    per_page: int
    total_elements: int | None = None
    page_start: int | None = None
    page_end: int | None = None


class PageUri(msgspec.Struct, frozen=True):
    """The address of one page."""

    uri: str


class NavigationInfo(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True, rename="camel"):
    """The addresses of the pages around; next and previous only when they exist."""

    first_page: PageUri
    next_page: PageUri | None = None
    previous_page: PageUri | None = None
    last_page: PageUri | None = None


Arguments = Mapping[str, str | int | Sequence[str | int]]


def address(path: str, arguments: Arguments) -> str:
    """The canonical address of a page: the parameters in effect, repeated where they are lists."""
    return f"{path}?{urlencode(arguments, doseq=True)}"


def page_of(
    path: str, arguments: Arguments, *, page: int, per_page: int, shown: int, total: int | None
) -> tuple[str, PagingInfo, NavigationInfo]:
    """The `uri`, `paging` and `navigation` of one page of `shown` records.

    `total` is absent when it is not known; then there is a next page as long as pages are full.
    """

    def at(number: int) -> PageUri:
        return PageUri(address(path, {**arguments, "page": number, "perPage": per_page}))

    pages = None if total is None else max(1, -(-total // per_page))
    start = (page - 1) * per_page
    has_next = shown == per_page if pages is None else page < pages
    paging = PagingInfo(
        page=page if shown else None,
        total_pages=pages,
        per_page=per_page,
        total_elements=total,
        page_start=start if shown else None,
        page_end=start + shown - 1 if shown else None,
    )
    navigation = NavigationInfo(
        first_page=at(1),
        next_page=at(page + 1) if has_next else None,
        previous_page=at(page - 1) if page > 1 else None,
        last_page=None if pages is None else at(pages),
    )
    return at(page).uri, paging, navigation
