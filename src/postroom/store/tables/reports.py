"""Message store reports: tasks, and the archives that they made."""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text

from postroom.store.tables.base import big, key, metadata, small, words

report = Table(
    "report",
    metadata,
    key("account_id"),
    Column("id", Text, primary_key=True),
    big("extension_id"),
    small("status"),
    big("from_ms"),
    big("to_ms"),
    words("types"),
    small("attempts"),
    big("started_ms"),
    Column("finished_ms", BigInteger),
    sqlite_with_rowid=False,
)
Index("report_by_start", report.c.started_ms)

report_archive = Table(
    "report_archive",
    metadata,
    key("account_id"),
    Column("report_id", Text, primary_key=True),
    Column("attempt", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    big("size"),
    sqlite_with_rowid=False,
)
