"""What waits for carriers, and what they said."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text, text

from postroom.store.tables.base import big, key, metadata, small, words

outbox = Table(
    "outbox",
    metadata,
    key("account_id"),
    key("message_id"),
    big("extension_id"),
    words("carrier", ""),
    words("sender"),
    words("recipient"),
    words("body"),
    small("segments_done", 0),
    small("attempts", 0),
    big("accepted_ms"),
    big("due_ms"),
    small("claimed", 0),
    big("fence", 0),
    sqlite_with_rowid=False,
)
Index(
    "outbox_due",
    outbox.c.carrier,
    outbox.c.due_ms,
    outbox.c.message_id,
    sqlite_where=text("claimed = 0"),
    postgresql_where=text("claimed = 0"),
)
Index(
    "outbox_claimed",
    outbox.c.carrier,
    outbox.c.fence,
    sqlite_where=text("claimed = 1"),
    postgresql_where=text("claimed = 1"),
)

Index("outbox_by_age", outbox.c.accepted_ms)

submitted = Table(
    "submitted",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    key("account_id"),
    key("message_id"),
    Column("segment", SmallInteger, primary_key=True),
    big("extension_id"),
    words("carrier_id"),
    words("sender"),
    words("recipient"),
    small("state", 0),
    Column("error", Text),
    big("at_ms"),
    sqlite_with_rowid=False,
)
Index("submitted_by_message", submitted.c.account_id, submitted.c.message_id)
Index("submitted_by_age", submitted.c.at_ms)

parked_report = Table(
    "parked_report",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    key("id"),
    words("carrier_id"),
    small("report"),
    words("sender"),
    words("recipient"),
    Column("error", Text),
    Column("done_ms", BigInteger),
    big("at_ms"),
    sqlite_with_rowid=False,
)
Index("parked_report_by_age", parked_report.c.at_ms)

refused_answer = Table(
    "refused_answer",
    metadata,
    key("account_id"),
    Column("number", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    big("times"),
    sqlite_with_rowid=False,
)
