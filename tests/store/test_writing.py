"""The write path, on both engines: many filings, one commit, and nobody hurts a neighbour."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select, update

from postroom.model.errors import AlreadyFiled, Outdated, Unavailable
from postroom.model.filing import IdempotencyKey
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.model.message import Direction, ReadStatus
from postroom.store.commands import Steps, one
from postroom.store.counters import total
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement, arg
from postroom.store.tables import account, change, conversation, mailbox, message
from postroom.store.units import Filed
from tests.store import office

RAISE_VERSION = Statement(
    update(account)
    .values(directory_version=account.c.directory_version + 1)
    .where(account.c.id == arg("id"))
)
MESSAGES = Statement(select(message.c.extension_id, message.c.id, message.c.change_number))
CHANGES = Statement(
    select(change.c.extension_id, change.c.number).order_by(change.c.extension_id, change.c.number)
)
BOXES = Statement(select(mailbox.c.extension_id, mailbox.c.change_number, mailbox.c.counters))
TALKS = Statement(
    select(
        conversation.c.extension_id,
        conversation.c.id,
        conversation.c.alive,
        conversation.c.unread,
    )
)
COUNT = Statement(select(func.count()).select_from(message))


async def count(store: Store) -> int:
    [[number]] = await store.fetch(COUNT)
    return int(number)


def key(name: bytes, body: bytes = b"b") -> IdempotencyKey:
    return IdempotencyKey(digest=name, body=body, answer=b"answer")


async def raise_version(store: Store, id: int = office.ACCOUNT) -> None:
    def steps() -> Steps[None]:
        yield from one(RAISE_VERSION, id=id)

    await store.transact(steps)


async def test_a_filing_is_there_with_its_change_and_its_counters(store: Store) -> None:
    await office.furnish(store)
    inbound = office.message(2, direction=Direction.INBOUND)

    await store.file(office.filing(office.message(1), inbound, dispatch=True))

    assert len(await store.fetch(MESSAGES)) == 2
    assert await store.fetch(CHANGES) == [(1, 1), (2, 1)]
    boxes = {row[0]: (row[1], total(bytes(row[2]))) for row in await store.fetch(BOXES)}
    assert boxes == {1: (1, 1), 2: (1, 1), 3: (0, 0)}
    assert sorted(await store.fetch(TALKS)) == [(1, 77, 1, 0), (2, 77, 1, 1)]


async def test_sixteen_writers_to_one_mailbox_get_numbers_without_a_repetition(
    store: Store,
) -> None:
    await office.furnish(store)

    async def writer() -> None:
        for _ in range(20):
            await store.file(office.filing())

    await asyncio.gather(*(writer() for _ in range(16)))

    numbers = [row[2] for row in await store.fetch(MESSAGES)]
    assert sorted(numbers) == list(range(1, 321))
    [box] = [row for row in await store.fetch(BOXES) if row[0] == 1]
    assert (box[1], total(bytes(box[2]))) == (320, 320)


async def test_writers_to_many_mailboxes_of_many_accounts_do_not_deadlock(
    store: Store,
) -> None:
    await office.furnish(store, extensions=8, accounts=8)

    async def writer(a: int) -> None:
        for n in range(10):
            order = range(1, 9) if n % 2 else range(8, 0, -1)
            copies = [office.message(e, account=a) for e in order]
            await store.file(office.filing(*copies, account=a))

    await asyncio.gather(*(writer(a) for a in range(1, 9) for _ in range(2)))

    assert await count(store) == 8 * 2 * 10 * 8


async def test_a_used_key_among_five_hundred_filings_hurts_nobody_else(store: Store) -> None:
    await office.furnish(store)
    await store.file(office.filing(key=key(b"used")))

    filings = [office.filing(key=key(b"used") if n == 250 else None) for n in range(500)]
    results = await asyncio.gather(*map(store.file, filings), return_exceptions=True)

    kinds = Counter(type(result) for result in results)
    assert kinds == {Filed: 499, AlreadyFiled: 1}
    assert await count(store) == 500


async def test_a_storm_of_one_key_files_exactly_once(store: Store) -> None:
    await office.furnish(store)

    filings = [office.filing(key=key(b"storm")) for _ in range(300)]
    results = await asyncio.gather(*map(store.file, filings), return_exceptions=True)

    assert Counter(type(result) for result in results) == {Filed: 1, AlreadyFiled: 299}
    assert await count(store) == 1


async def test_a_key_may_be_used_again_after_a_day(store: Store) -> None:
    await office.furnish(store)
    day = 24 * 3600 * 1000
    await store.file(office.filing(key=key(b"daily")))

    same_day = office.message(1, now=office.NOW + day)
    with pytest.raises(AlreadyFiled):
        await store.file(office.filing(same_day, key=key(b"daily")))
    next_day = office.message(1, now=office.NOW + day + 1)
    await store.file(office.filing(next_day, key=key(b"daily")))

    assert await count(store) == 2


async def test_a_filing_that_fails_unexpectedly_fails_alone(store: Store) -> None:
    await office.furnish(store)
    taken = office.message(1)
    await store.file(office.filing(taken))

    poison = office.filing(office.message(1, id=taken.id))
    filings = [poison if n == 100 else office.filing() for n in range(200)]
    results = await asyncio.gather(*map(store.file, filings), return_exceptions=True)

    failed = [n for n, result in enumerate(results) if isinstance(result, Exception)]
    assert failed == [100]
    assert await count(store) == 200


async def test_what_was_made_from_an_older_directory_is_not_filed(store: Store) -> None:
    await office.furnish(store, accounts=2)
    await raise_version(store)

    filings = [office.filing(account=1 + n % 2, key=key(b"k%d" % n)) for n in range(20)]
    results = await asyncio.gather(*map(store.file, filings), return_exceptions=True)

    assert Counter(type(result) for result in results) == {Filed: 10, Outdated: 10}
    await store.file(office.filing(version=2, key=key(b"k0")))
    assert await count(store) == 11


async def test_a_session_that_was_revoked_files_nothing(store: Store) -> None:
    await office.furnish(store)
    by_session = office.filing()

    with pytest.raises(Outdated):
        await store.file(
            type(by_session)(
                account_id=by_session.account_id,
                version=1,
                session_version=0,
                messages=by_session.messages,
            )
        )

    assert await count(store) == 0


async def test_a_page_for_a_thousand_members_is_one_filing(store: Store) -> None:
    await office.furnish(store, extensions=1001)
    copies = [
        office.message(e, direction=Direction.INBOUND if e > 1 else Direction.OUTBOUND)
        for e in range(1, 1002)
    ]

    await asyncio.gather(
        store.file(office.filing(*copies)), *(store.file(office.filing()) for _ in range(50))
    )

    assert await count(store) == 1051


async def test_a_client_that_hangs_up_does_not_undo_the_commit(store: Store) -> None:
    await office.furnish(store)

    waiting = asyncio.ensure_future(store.file(office.filing()))
    await asyncio.sleep(0)
    waiting.cancel()
    await store.file(office.filing())

    assert await count(store) == 2


async def test_a_full_queue_refuses_and_stores_nothing(store_settings: StoreSettings) -> None:
    limited = StoreSettings(
        path=store_settings.path, dsn=store_settings.dsn, queue_limit=40, writers=1
    )
    store = Store(limited)
    await store.open()
    await office.furnish(store)

    results = await asyncio.gather(
        *(store.file(office.filing()) for _ in range(100)), return_exceptions=True
    )

    kinds = Counter(type(result) for result in results)
    assert kinds[Filed] == await count(store)
    assert kinds[Unavailable] == 100 - kinds[Filed] > 0
    await store.close()


async def test_one_account_may_fill_a_quarter_of_the_queue(store_settings: StoreSettings) -> None:
    limited = StoreSettings(
        path=store_settings.path, dsn=store_settings.dsn, queue_limit=400, writers=1
    )
    store = Store(limited)
    await store.open()
    await office.furnish(store, accounts=2)

    flood = [store.file(office.filing()) for _ in range(200)]
    quiet = [store.file(office.filing(account=2)) for _ in range(10)]
    results = await asyncio.gather(*flood, *quiet, return_exceptions=True)

    assert {type(result) for result in results[200:]} == {Filed}
    assert Unavailable in {type(result) for result in results[:200]}
    await store.close()


async def test_marks_change_counters_and_number_and_are_judged_by_the_tables(
    store: Store,
) -> None:
    await office.furnish(store)
    inbound = office.message(1, direction=Direction.INBOUND)
    await store.file(office.filing(inbound))

    def marking(**wish: object) -> Marking:
        return Marking(
            account_id=AccountId(1),
            extension_id=ExtensionId(1),
            version=1,
            ids=(inbound.id, MessageId(5)),
            now_ms=office.NOW + 1,
            **wish,  # type: ignore[arg-type]
        )

    [read, unknown] = await store.mark(marking(read_status=ReadStatus.READ))
    [again, _] = await store.mark(marking(read_status=ReadStatus.READ))
    [deleted, _] = await store.mark(marking(step=Step.DELETE))
    [purged, _] = await store.mark(marking(step=Step.PURGE))
    [restored, _] = await store.mark(marking(step=Step.RESTORE))

    assert (read.changed, unknown.found, again.changed) == (True, False, False)
    assert (deleted.changed, purged.changed, restored.found) == (True, True, False)
    assert await store.fetch(CHANGES) == [(1, 1), (1, 2), (1, 3), (1, 4)]
    assert await store.fetch(TALKS) == [(1, 77, 0, 0)]
    [[text]] = await store.fetch(Statement(select(message.c.subject)))
    assert text == ""


async def test_two_stores_on_one_database_give_one_line_of_numbers(
    store: Store, store_settings: StoreSettings
) -> None:
    await office.furnish(store)
    other = Store(store_settings)
    await other.open()

    async def writer(mine: Store) -> None:
        for _ in range(25):
            await mine.file(office.filing(office.message(1), office.message(2)))

    await asyncio.gather(*(writer(s) for s in (store, other) for _ in range(4)))

    numbers = Counter(row[::2] for row in await store.fetch(MESSAGES))
    assert set(numbers.values()) == {1}
    assert sorted(n for e, n in numbers if e == 1) == list(range(1, 201))
    await other.close()
