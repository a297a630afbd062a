"""Many writers commit while a client synchronizes: nothing is missed, nothing comes twice."""

import asyncio

import pytest

from tests.office import Office
from tests.sync.copies import begun

WRITERS, EACH = 8, 25


@pytest.mark.slow
async def test_a_client_among_eight_writers_misses_and_repeats_nothing(office: Office) -> None:
    copy = await begun(office, 102)
    told: list[tuple[int, str]] = []

    async def write(number: int) -> None:
        for n in range(EACH):
            await office.page(101 if number % 2 else 103, 102, text=f"{number}.{n}")

    async def follow(writing: "asyncio.Future[list[None]]") -> None:
        while not writing.done():
            told.extend((one["id"], one["lastModifiedTime"]) for one in await copy.changed())
            # Without a socket between them nothing else would let the writers have their turn.
            await asyncio.sleep(0)

    writing = asyncio.gather(*(write(number) for number in range(WRITERS)))
    await asyncio.gather(writing, follow(writing))
    told.extend((one["id"], one["lastModifiedTime"]) for one in await copy.changed())

    assert len(told) == len(set(told)) == WRITERS * EACH
    assert await copy.is_true()
