"""A synchronization with very much to tell is answered in pieces, and ends complete."""

from typing import Any

import pytest

from postroom.model.filing import Filing, Thread
from postroom.model.ids import ConversationId, MessageId
from postroom.store.changes import MOST
from tests.office import Office
from tests.store.office import message
from tests.sync.copies import begun

TALK = ConversationId(5_000_001)


async def page(office: Office, first: int, count: int) -> None:
    """So many pages from Support lie in Ben's mailbox."""
    owner, company = office.id(102), office.company
    thread = Thread(
        id=TALK,
        explicit=frozenset([office.id(101)]),
        departments=frozenset([office.id(200)]),
    )
    for begin in range(first, first + count, 1000):
        copies = tuple(
            message(
                owner,
                account=company.account_id,
                conversation=TALK,
                id=MessageId(n),
                now=office.clock(),
            )
            for n in range(begin, min(begin + 1000, first + count))
        )
        await office.house.store.file(
            Filing(
                account_id=company.account_id,
                version=company.version,
                messages=copies,
                thread=thread,
            )
        )


async def until_quiet(copy: Any) -> list[int]:
    """Synchronize until nothing comes; how much each answer told."""
    sizes = []
    while records := await copy.changed():
        sizes.append(len(records))
    return sizes


@pytest.mark.slow
async def test_many_changes_come_in_several_answers(office: Office) -> None:
    copy = await begun(office, 102)
    await page(office, 1, 2 * MOST + 7)

    assert await until_quiet(copy) == [MOST, MOST, 7]
    assert copy.records.keys() == set(range(1, 2 * MOST + 8))


@pytest.mark.slow
async def test_a_large_conversation_goes_and_comes_in_several_answers(office: Office) -> None:
    await page(office, 1, MOST + 7)
    copy = await begun(office, 102)
    await until_quiet(copy)
    await copy.changed(recordCount=MOST)
    older = {id: {"id": id} for id in range(1, MOST + 8)}
    copy.records |= older | copy.records

    await office.assign(200, remove=(102,))
    assert len(await copy.changed()) == MOST
    await office.page(101, 102, text="meanwhile")
    assert await until_quiet(copy) == [7, 1]
    assert [record["subject"] for record in copy.records.values()] == ["meanwhile"]
    await office.assign(200, add=(102,))
    assert len(await copy.changed()) == MOST
    await office.call(102, "DELETE", "message-store/3")
    await until_quiet(copy)
    assert len(copy.records) == MOST + 7
    assert 3 not in copy.records
