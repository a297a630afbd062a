"""Looks into a database from outside, and compares it with what clients were told."""

import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg

from postroom.model.message import MessageStatus
from postroom.store import codes, counters
from tests.crash.writers import Ledger, Sent

Rows = list[tuple[Any, ...]]
RECEIVED_BY = {"sms": ("101",), "inside": ("101", "102"), "page": ("101", "102", "103")}
MESSAGES = "SELECT extension_id, id, subject FROM message"
EXTENSIONS = "SELECT id, number FROM extension"
OUTBOX = "SELECT message_id FROM outbox"
KINDS = """
    SELECT extension_id, type, direction, read_status, availability, count(*) FROM message
    GROUP BY extension_id, type, direction, read_status, availability
"""
MAILBOXES = "SELECT extension_id, counters, change_number FROM mailbox"
CHANGES = "SELECT extension_id, count(*), max(number) FROM change GROUP BY extension_id"
CONVERSATIONS = "SELECT extension_id, id, alive, unread FROM conversation"
ALIVE = """
    SELECT extension_id, conversation_id, count(*), sum(read_status * (1 - direction)) FROM message
    WHERE availability = 0 GROUP BY extension_id, conversation_id
"""


async def rows(where: Path | str, sql: str) -> Rows:
    """The rows of a query: a path is a SQLite file, a text the DSN of PostgreSQL."""
    if isinstance(where, Path):
        with closing(sqlite3.connect(where)) as file:
            return file.execute(sql).fetchall()
    connection = await asyncpg.connect(where)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def check(where: Path | str, ledger: Ledger) -> None:
    """Everything that a crash must not break."""
    if isinstance(where, Path):
        assert await rows(where, "PRAGMA integrity_check") == [("ok",)]
    await _check_messages(where, ledger)
    await _check_outbox(where)
    await books(where)


async def books(where: Path | str) -> None:
    """What mailboxes keep of their messages agrees with the messages."""
    await _check_counters(where)
    await _check_changes(where)
    await _check_conversations(where)


async def _check_messages(where: Path | str, ledger: Ledger) -> None:
    """What was answered is there once; what was not is there whole, or not at all."""
    numbers: dict[int, str] = dict(await rows(where, EXTENSIONS))
    copies: dict[str, list[tuple[str, int]]] = defaultdict(list)
    found = await rows(where, MESSAGES)
    assert len({id for _, id, _ in found}) == len(found), "an id was given twice"
    for extension, id, text in found:
        copies[text].append((numbers[extension], id))
    for text, (id, sent) in ledger.answered.items():
        assert ("101", id) in copies[text], f"{text} was answered and is not there"
        assert _owners(copies[text]) == RECEIVED_BY[sent.kind], text
    for text, sent in ledger.unknown.items():
        assert _owners(copies.get(text, [])) in ((), RECEIVED_BY[sent.kind]), text
    assert copies.keys() <= ledger.answered.keys() | ledger.unknown.keys()
    assert set(ledger.ids.values()) == {1}, "an id was answered twice"


def _owners(copies: list[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(sorted(number for number, _ in copies))


async def _check_outbox(where: Path | str) -> None:
    """What is Queued has its row in the outbox, and what has a row is on its way."""
    queued = codes.STATUS[MessageStatus.QUEUED]
    waiting = {id for (id,) in await rows(where, f"SELECT id FROM message WHERE status = {queued}")}
    assert {id for (id,) in await rows(where, OUTBOX)} == waiting


async def _check_counters(where: Path | str) -> None:
    counted: dict[int, Counter[int]] = defaultdict(Counter)
    for extension, *kind, count in await rows(where, KINDS):
        counted[extension][counters.place(*kind)] = count
    for extension, packed, _ in await rows(where, MAILBOXES):
        kept = {place: n for place, n in enumerate(counters.unpack(packed)) if n}
        assert kept == dict(counted[extension]), f"counters of {extension}"


async def _check_changes(where: Path | str) -> None:
    """Each change has its row: without a gap, up to the number of the mailbox."""
    changes = {extension: (count, last) for extension, count, last in await rows(where, CHANGES)}
    for extension, _, number in await rows(where, MAILBOXES):
        assert changes.get(extension, (0, 0)) == (number, number), f"changes of {extension}"


async def _check_conversations(where: Path | str) -> None:
    alive = {(owner, id): (n, unread) for owner, id, n, unread in await rows(where, ALIVE)}
    for extension, id, count, unread in await rows(where, CONVERSATIONS):
        assert alive.get((extension, id), (0, 0)) == (count, unread), f"conversation {id}"


def lost(ledger: Ledger) -> list[Sent]:
    """What a client with a key never got an answer for."""
    return [sent for sent in ledger.unknown.values() if sent.key is not None]
