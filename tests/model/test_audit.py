"""The chain of the audit log: what its hashes cover, and what a walk finds."""

import hashlib
import json

import msgspec
import pytest

from postroom.model import audit
from postroom.model.audit import (
    Act,
    Actor,
    ActorKind,
    Broken,
    Deed,
    Entry,
    Fault,
    Head,
    Signature,
    check,
    digest,
    follow,
)
from postroom.model.ids import AccountId, ExtensionId, MessageId

ADA = Actor(kind=ActorKind.USER, extension=ExtensionId(101), app="app", address="192.0.2.1")
SIGNED = Signature(ADA, 1_700_000_000_000)


def chain(length: int) -> list[Entry]:
    """Entries that follow each other."""
    entries: list[Entry] = []
    head = Head()
    for number in range(length):
        deed = Deed(
            account_id=AccountId(1),
            act=Act.DELETE,
            signed=SIGNED,
            extension=ExtensionId(102),
            details={"messages": [number]},
        )
        entries.append(follow(head, deed))
        head = Head(entries[-1].number, entries[-1].hash)
    return entries


def walk(entries: list[Entry], noted: Head | None = None) -> Head:
    head = Head()
    for entry in entries:
        head = check(head, entry, noted)
    return head


OTHER = {
    "account_id": 2,
    "number": 9,
    "at_ms": 1,
    "act": "restore",
    "actor": "house",
    "actor_extension": None,
    "actor_name": "root",
    "app": "",
    "address": "192.0.2.2",
    "extension_id": 103,
    "details": "{}",
    "previous": bytes(31),
}


@pytest.mark.parametrize("column", OTHER)
def test_a_hash_covers_every_column(column: str) -> None:
    [entry] = chain(1)

    assert set(OTHER) == set(Entry.__struct_fields__) - {"hash"}
    assert digest(msgspec.structs.replace(entry, **{column: OTHER[column]})) != entry.hash


def test_a_hash_can_be_worked_out_without_this_program() -> None:
    entry = chain(2)[1]

    columns = [*msgspec.structs.astuple(entry)[:-2], entry.previous.hex()]
    spelled = json.dumps(columns, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(spelled.encode()).digest() == entry.hash


def test_a_whole_chain_leads_to_its_end() -> None:
    entries = chain(5)

    assert walk(entries, Head(3, entries[2].hash)) == Head(5, entries[4].hash)


def edited(entries: list[Entry]) -> list[Entry]:
    changed = msgspec.structs.replace(entries[2], details="{}")
    return [*entries[:2], changed, *entries[3:]]


def hashed_anew(entries: list[Entry]) -> list[Entry]:
    changed = msgspec.structs.replace(entries[2], details="{}")
    changed = msgspec.structs.replace(changed, hash=digest(changed))
    return [*entries[:2], changed, *entries[3:]]


def swapped(entries: list[Entry]) -> list[Entry]:
    two, three = entries[1:3]
    return [
        entries[0],
        msgspec.structs.replace(three, number=2),
        msgspec.structs.replace(two, number=3),
        *entries[3:],
    ]


@pytest.mark.parametrize(
    ("broken", "number", "fault"),
    [
        (lambda entries: [*entries[:2], *entries[3:]], 3, Fault.MISSING),
        (edited, 3, Fault.EDITED),
        (hashed_anew, 4, Fault.UNLINKED),
        (swapped, 2, Fault.EDITED),
    ],
)
def test_a_walk_ends_where_the_chain_is_broken(broken: object, number: int, fault: Fault) -> None:
    with pytest.raises(Broken) as found:
        walk(broken(chain(5)))  # type: ignore[operator]

    assert (found.value.number, found.value.fault) == (number, fault)


def test_a_chain_that_was_written_anew_is_not_the_one_that_was_noted() -> None:
    noted = Head(3, chain(3)[2].hash)
    anew = follow(
        Head(2, chain(2)[1].hash), Deed(account_id=AccountId(1), act=Act.PURGE, signed=SIGNED)
    )

    with pytest.raises(Broken) as found:
        walk([*chain(2), anew], noted)

    assert found.value.fault is Fault.REWRITTEN


def test_very_many_messages_are_told_in_several_entries() -> None:
    ids = [MessageId(id) for id in range(1001)]

    deeds = audit.on_messages(AccountId(1), ExtensionId(2), Act.PURGE, SIGNED, ids)

    assert [len(deed.details["messages"]) for deed in deeds] == [500, 500, 1]
