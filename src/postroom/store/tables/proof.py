"""What an office proves with: holds, and the audit log with the head of each chain.

Acts and actors stand there in words, so that the log can be checked without this program.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, text

from postroom.store.tables.base import big, key, metadata, words

hold = Table(
    "hold",
    metadata,
    key("account_id"),
    key("id"),
    Column("extension_id", BigInteger),
    words("reason"),
    words("placed_by"),
    big("placed_ms"),
    Column("released_by", Text),
    Column("released_ms", BigInteger),
    sqlite_with_rowid=False,
)
Index(
    "hold_standing",
    hold.c.account_id,
    hold.c.extension_id,
    sqlite_where=text("released_ms IS NULL"),
    postgresql_where=text("released_ms IS NULL"),
)

audit = Table(
    "audit",
    metadata,
    key("account_id"),
    key("number"),
    big("at_ms"),
    words("act"),
    words("actor"),
    Column("actor_extension", BigInteger),
    Column("actor_name", Text),
    Column("app", Text),
    Column("address", Text),
    Column("extension_id", BigInteger),
    words("details"),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

audit_head = Table(
    "audit_head",
    metadata,
    key("account_id"),
    big("number"),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": "70"},
)
