"""The house itself: leases, worker numbers, settings."""

from sqlalchemy import Column, LargeBinary, SmallInteger, Table, Text

from postroom.store.tables.base import big, metadata, small, words

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    words("holder"),
    big("fence"),
    big("beats"),
    big("until_ms"),
    small("bound", 0),
)

id_worker = Table(
    "id_worker",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    words("holder"),
    big("until_ms"),
    big("ids_until"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
