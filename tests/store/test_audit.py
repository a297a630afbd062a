"""The audit log in the store: one chain per account, whoever writes, and every forgery is found."""

import asyncio
import itertools
import json
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from postroom.directory import auditing
from postroom.model.audit import (
    GENESIS,
    HOUSE,
    Act,
    Broken,
    Deed,
    Fault,
    Head,
    Signature,
)
from postroom.model.ids import AccountId
from postroom.model.lifecycle import Step
from postroom.store import audit, batch
from postroom.store.commands import Command, Many, One, Steps, Together, one
from postroom.store.database import Store, StoreSettings
from postroom.store.statements import Statement
from postroom.store.tables import audit as rows
from postroom.store.tables import audit_head
from tests.store import office
from tests.store.deeds import BEN, filed, marking
from tests.store.office import ACCOUNT, NOW

NUMBERS = Statement(select(rows.c.account_id, rows.c.number).order_by(*rows.primary_key.columns))


async def entered(store: Store, count: int) -> None:
    """That many entries in the first account's chain."""

    def steps() -> Steps[None]:
        yield from audit.append(
            [
                Deed(account_id=ACCOUNT, act=Act.LOGIN, signed=Signature(BEN, NOW + number))
                for number in range(count)
            ]
        )

    await store.transact(steps)


async def test_each_step_of_a_message_is_entered_with_who_took_it(store: Store) -> None:
    await office.furnish(store)
    ids = await filed(store, 3)

    await store.mark(marking(Step.DELETE, *ids))
    await store.mark(marking(Step.RESTORE, *ids[:2]))
    await store.mark(marking(Step.ERASE, ids[0]))
    await store.mark(marking(Step.DELETE, ids[2]))
    await store.mark(marking(Step.RESTORE, ids[2]))

    found = [entry async for entry in auditing.every(store, auditing.Wanted(ACCOUNT))]
    assert [entry.act for entry in found] == ["delete", "restore", "purge", "purge"]
    assert found[0].details == f'{{"messages":[{ids[0]},{ids[1]},{ids[2]}]}}'
    told = {
        (one.actor, one.actor_extension, one.app, one.address, one.extension_id, one.at_ms)
        for one in found
    }
    assert told == {("user", 2, "app", "192.0.2.7", 1, NOW)}
    assert (await auditing.verify(store, ACCOUNT)).number == 4


async def test_a_filing_asks_nothing_of_the_audit_log(store: Store) -> None:
    await office.furnish(store)
    commands: list[Command] = []

    def steps() -> Steps[Any]:
        """The batch, with its commands noted as they pass."""
        written = batch.write([office.filing(dispatch=True), office.filing()])
        command = next(written)
        while True:
            commands.append(command)
            try:
                command = written.send((yield command))
            except StopIteration as stop:
                return stop.value

    await store.transact(steps)

    texts = [text for command in commands for text in texts_of(command)]
    assert len(texts) == 7
    assert not any("audit" in text or "hold" in text for text in texts)


def texts_of(command: Command) -> list[str]:
    match command:
        case One() | Many():
            return [command.statement.sqlite]
        case Together(parts, last):
            texts = [part.statement.sqlite for part in parts]
            return texts if last is None else [*texts, last.statement.sqlite]


async def test_sixteen_writers_make_one_chain_per_account_without_a_gap(
    store: Store, store_settings: StoreSettings
) -> None:
    await office.furnish(store, extensions=4, accounts=3)
    other = Store(store_settings)
    await other.open()
    places = [(1 + number % 3, 1 + number % 4) for number in range(16)]
    boxes = [await filed(store, 6, account=a, extension=e) for a, e in places]

    async def writer(mine: Store, place: int) -> None:
        account, extension = places[place]
        for id in boxes[place]:
            await mine.mark(marking(Step.DELETE, id, account=account, extension=extension))
            await mine.transact(lambda: logged_in(account))

    await asyncio.gather(*(writer((store, other)[place % 2], place) for place in range(16)))

    heads = {id: await auditing.verify(store, id) for id in await auditing.chains(store)}
    entries = [e for id in heads async for e in auditing.every(store, auditing.Wanted(id))]
    assert sum(entry.act == "login" for entry in entries) == 16 * 6 * 2
    told = [json.loads(entry.details)["messages"] for entry in entries if entry.act == "delete"]
    assert sorted(itertools.chain(*told)) == sorted(itertools.chain(*boxes))
    assert await store.fetch(NUMBERS) == [
        (account, number)
        for account, head in sorted(heads.items())
        for number in range(1, head.number + 1)
    ]
    await other.close()


def logged_in(account: int) -> Steps[None]:
    """Two accounts in one transaction, named in the order that would be wrong for locks."""
    yield from audit.append(
        [
            Deed(account_id=AccountId(id), act=Act.LOGIN, signed=Signature(HOUSE, NOW))
            for id in (4 - account, account)
        ]
    )


def at(number: int) -> Any:
    return (rows.c.account_id == ACCOUNT, rows.c.number == number)


HEADED = update(audit_head).where(audit_head.c.account_id == ACCOUNT)
FORGERIES: dict[str, tuple[list[Any], int, Fault]] = {
    "edited": ([update(rows).where(*at(510)).values(details='{"x":1}')], 510, Fault.EDITED),
    "edited actor": ([update(rows).where(*at(3)).values(actor_extension=9)], 3, Fault.EDITED),
    "removed": ([delete(rows).where(*at(501))], 501, Fault.MISSING),
    "first removed": ([delete(rows).where(*at(1))], 1, Fault.MISSING),
    "tail cut": ([delete(rows).where(rows.c.number > 512)], 513, Fault.CUT),
    "tail cut with its head": (
        [delete(rows).where(rows.c.number > 512), HEADED.values(number=512)],
        512,
        Fault.REWRITTEN,
    ),
    "head set back": ([HEADED.values(number=0, hash=GENESIS)], 1, Fault.BEHIND),
    "head removed": ([delete(audit_head)], 1, Fault.BEHIND),
    "swapped": (
        [
            update(rows).where(*at(7)).values(number=-1),
            update(rows).where(*at(8)).values(number=7),
            update(rows).where(*at(-1)).values(number=8),
        ],
        7,
        Fault.EDITED,
    ),
    "renumbered over a gap": (
        [
            delete(rows).where(*at(517)),
            delete(rows).where(*at(516)),
            update(rows).where(*at(518)).values(number=516),
        ],
        516,
        Fault.EDITED,
    ),
    "everything removed": ([delete(rows)], 1, Fault.CUT),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_is_forged_by_hand_is_found_at_the_first_number(
    store: Store, forgery: str
) -> None:
    statements, number, fault = FORGERIES[forgery]
    await entered(store, 520)
    assert (await auditing.verify(store, ACCOUNT)).number == 520

    def forge() -> Steps[None]:
        for statement in statements:
            yield from one(Statement(statement))

    await store.transact(forge)

    with pytest.raises(Broken) as found:
        await auditing.verify(store, ACCOUNT)
    assert (found.value.number, found.value.fault) == (number, fault)


async def test_a_chain_that_was_written_anew_is_found_by_an_end_that_was_noted(
    store: Store,
) -> None:
    await entered(store, 10)
    noted = await auditing.verify(store, ACCOUNT)

    def anew() -> Steps[None]:
        yield from one(Statement(delete(rows)))
        yield from one(Statement(delete(audit_head)))

    await store.transact(anew)
    with pytest.raises(Broken, match="entry 1: the end"):
        await auditing.verify(store, ACCOUNT, noted)
    await entered(store, 9)
    await entered(store, 3)

    assert (await auditing.verify(store, ACCOUNT)).number == 12
    await auditing.verify(store, ACCOUNT, Head(12, (await auditing.verify(store, ACCOUNT)).hash))
    with pytest.raises(Broken, match="entry 10: this is not the entry"):
        await auditing.verify(store, ACCOUNT, noted)
