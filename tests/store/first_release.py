"""A database as the first release left it: its schema, and ten thousand messages in that schema.

The rows are written without the program's own statements, which follow the schema of today.
"""

import hashlib
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import apsw
import asyncpg

from postroom.store import migrations
from postroom.store.database import StoreSettings

ACCOUNT = ADA = 7001
BEN, CLEO, SUPPORT = 7002, 7003, 7004
OWNERS = (ADA, ADA, ADA, ADA, BEN, BEN, BEN, CLEO, CLEO, SUPPORT)
NAMES = {ADA: "Ada Arnold", BEN: "Ben Brown", CLEO: "Cleo Clark", SUPPORT: "Support"}
NUMBERS = {ADA: "101", BEN: "102", CLEO: "103", SUPPORT: "200"}
MESSAGES, FIRST_ID = 10_000, 1_000_000
WAITING = 20
THEN = 1_700_000_000_000
NEVER = 4_000_000_000_000
TOKEN = "a" * 40 + "FirstRelease"
PICTURE, PICTURE_KEY = b"\x89PNG of the first release", "7001/1000000-2"
SMS, PAGER = 0, 1
INBOUND, OUTBOUND = 0, 1
ALIVE, DELETED, PURGED = range(3)
RECEIVED, QUEUED, SENT, _, DELIVERED, DELIVERY_FAILED = range(6)
Rows = dict[str, list[dict[str, Any]]]


def rows() -> Rows:
    """Every row, by table; the same at every call."""
    made: Rows = defaultdict(list)
    _company(made)
    _access(made)
    boxes = {owner: [0] * 48 for owner in NAMES}
    numbers = dict.fromkeys(NAMES, 0)
    talks: dict[tuple[int, int], dict[str, Any]] = {}
    for place in range(MESSAGES):
        one = _message(place)
        owner = one["extension_id"]
        for kind in (0, 1, 1)[: 1 + one["availability"]]:
            numbers[owner] += 1
            made["change"].append(_change(one, numbers[owner], kind))
        one["change_number"] = numbers[owner]
        kind_of = (one["type"] * 2 + one["direction"]) * 2 + one["read_status"]
        boxes[owner][kind_of * 3 + one["availability"]] += 1
        _talk(one, talks)
        made["message"].append(one)
    made["outbox"] = [_waiting(one) for one in made["message"] if one["status"] == QUEUED]
    made["conversation"] = list(talks.values())
    made["participant"] = [
        {"account_id": ACCOUNT, "conversation_id": talk, "extension_id": one, "present": 1}
        for owner, talk in talks
        if talk >= 600_000
        for one in ({owner, ADA} if talks[owner, talk]["explicit"] else {ADA, SUPPORT})
    ]
    made["mailbox"] = [
        {
            "account_id": ACCOUNT,
            "extension_id": owner,
            "change_number": numbers[owner],
            "counters": b"".join(number.to_bytes(4, "little") for number in box),
        }
        for owner, box in boxes.items()
    ]
    return made


def _company(made: Rows) -> None:
    made["account"] = [
        {
            "id": ACCOUNT,
            "name": "First company",
            "directory_version": 5,
            "main_number": "+16505550100",
            "created_ms": THEN,
        }
    ]
    for place, (id, name) in enumerate(NAMES.items()):
        first, _, last = name.partition(" ")
        person = {"account_id": ACCOUNT, "id": id, "number": NUMBERS[id], "first_name": first}
        kind = {"type": 2 if id == SUPPORT else 0, "status": 0, "administrator": int(id == ADA)}
        made["extension"].append(
            person | kind | {"last_name": last, "version": 2, "created_ms": THEN}
        )
        made["number"].append(
            {
                "msisdn": f"+1650555010{place}",
                "account_id": ACCOUNT,
                "id": 8000 + place,
                "owner_id": id,
                "usage": 0 if id == ADA else 2,
                "version": 3,
            }
        )
    made["membership"] = [
        {
            "account_id": ACCOUNT,
            "department_id": SUPPORT,
            "extension_id": BEN,
            "role": 0,
            "present": 1,
            "version": 4,
        }
    ]


def _access(made: Rows) -> None:
    scopes = "ReadMessages EditMessages ReadAccounts"
    app = {"client_id": "first", "name": "First app", "grants": "", "created_ms": THEN}
    made["app"] = [app | {"scopes": scopes}]
    made["session"] = [
        {
            "id": "first",
            "account_id": ACCOUNT,
            "extension_id": ADA,
            "client_id": "first",
            "scopes": scopes,
            "endpoint_id": "first",
            "created_ms": THEN,
            "expires_ms": NEVER,
        }
    ]
    hash = hashlib.sha256(TOKEN.encode()).digest()
    token = {"hash": hash, "session_id": "first", "kind": 0, "expires_ms": NEVER}
    made["token"] = [token | {"used_ms": THEN}]


def _message(place: int) -> dict[str, Any]:
    owner, type, direction = OWNERS[place % 10], int(place // 10 % 3 == 0), place // 3 % 2
    waits = place >= MESSAGES - WAITING * 3 and type == SMS and direction == OUTBOUND
    gone = PURGED if place % 11 == 5 else DELETED if place % 7 == 3 else ALIVE
    availability = ALIVE if waits else gone
    now = THEN + place * 1000
    sms_status = QUEUED if waits else (SENT, DELIVERED, DELIVERY_FAILED)[place % 3]
    status = RECEIVED if direction == INBOUND else SENT if type == PAGER else sms_status
    ours = {"extensionNumber": NUMBERS[owner], "extensionId": str(owner), "name": NAMES[owner]}
    ada = {"extensionNumber": "101", "extensionId": str(ADA), "name": NAMES[ADA]}
    own, peer = f"+1650555010{list(NAMES).index(owner)}", f"+1415555{1000 + place % 50}"
    mine, other = (ours, ada) if type else ({"phoneNumber": own}, {"phoneNumber": peer})
    sender, recipient = (mine, other) if direction == OUTBOUND else (other, mine)
    group = place % 50 if type == SMS else 100_000 + place % 7
    picture = {"number": 2, "kind": "MmsAttachment", "content_type": "image/png"}
    picture |= {"key": PICTURE_KEY, "size": len(PICTURE)}
    return {
        "account_id": ACCOUNT,
        "extension_id": owner,
        "id": FIRST_ID + place,
        "type": type,
        "direction": direction,
        "availability": availability,
        "read_status": int(direction == INBOUND and place % 5 < 2),
        "status": status,
        "created_ms": now,
        "modified_ms": now + 10,
        "changed_ms": now + 10,
        "conversation_id": 500_000 + owner % 10 * 1000 + group,
        "subject": f"Message {place} of the first release: größer, naïve, 你好",
        "sender": json.dumps(sender, separators=(",", ":")),
        "recipients": json.dumps([recipient], separators=(",", ":")),
        "own": own if type == SMS else None,
        "peer": peer if type == SMS else None,
        "to_department": int(owner == SUPPORT and type == PAGER),
        "segments": 1 if type == SMS and direction == OUTBOUND else None,
        "attachments": json.dumps([picture]) if place == 0 else None,
    }


def _change(one: dict[str, Any], number: int, kind: int) -> dict[str, Any]:
    key = {name: one[name] for name in ("account_id", "extension_id")}
    return key | {
        "number": number,
        "kind": kind,
        "subject_id": one["id"],
        "at_ms": one["modified_ms"],
    }


def _talk(one: dict[str, Any], talks: dict[tuple[int, int], dict[str, Any]]) -> None:
    owner, id = one["extension_id"], one["conversation_id"]
    through = SUPPORT if owner == BEN and id % 1000 == 1 and one["type"] == PAGER else None
    talk = talks.setdefault(
        (owner, id),
        {
            "account_id": ACCOUNT,
            "extension_id": owner,
            "id": id,
            "explicit": int(through is None),
            "department_id": through,
            "alive": 0,
            "unread": 0,
        },
    )
    talk["alive"] += int(one["availability"] == ALIVE)
    talk["unread"] += int(one["availability"] == ALIVE and one["read_status"])
    talk |= {"newest_ms": one["created_ms"], "newest_id": one["id"]}


def _waiting(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "account_id": ACCOUNT,
        "message_id": one["id"],
        "extension_id": one["extension_id"],
        "sender": one["own"],
        "recipient": one["peer"],
        "body": one["subject"],
        "accepted_ms": one["created_ms"],
        "due_ms": one["created_ms"],
    }


async def write(settings: StoreSettings) -> None:
    """Make the database, empty until now."""
    name = "sqlite" if settings.dsn is None else "postgresql"
    schema = [migrations.CREATE_VERSION, *migrations.render(1, name)]
    if settings.dsn is None:
        assert settings.path is not None
        _write_sqlite(settings.path, schema)
        return
    connection = await asyncpg.connect(settings.dsn)
    for statement in schema:
        await connection.execute(statement)
    for table, of in rows().items():
        columns = list(of[0])
        records = [tuple(row[column] for column in columns) for row in of]
        await connection.copy_records_to_table(table, records=records, columns=columns)
    await connection.close()


def _write_sqlite(path: Path, schema: list[str]) -> None:
    connection = apsw.Connection(str(path))
    with connection:
        for statement in schema:
            connection.execute(statement)
        for table, of in rows().items():
            names, marks = ", ".join(of[0]), ", ".join("?" * len(of[0]))
            values = [tuple(row.values()) for row in of]
            connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
    connection.close()
