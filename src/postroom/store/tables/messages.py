"""Messages, mailboxes and what goes with them; every key begins with the account."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text, text

from postroom.store.tables.base import big, key, metadata, small, words

mailbox = Table(
    "mailbox",
    metadata,
    key("account_id"),
    key("extension_id"),
    big("change_number", 0),
    big("trimmed_number", 0),
    Column("counters", LargeBinary, nullable=False),
    small("over_quota", 0),
    small("held", 0),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": "70"},
)
Index(
    "mailbox_over_quota",
    mailbox.c.account_id,
    mailbox.c.extension_id,
    sqlite_where=text("over_quota = 1"),
    postgresql_where=text("over_quota = 1"),
)

message = Table(
    "message",
    metadata,
    key("account_id"),
    key("extension_id"),
    key("id"),
    small("type"),
    small("direction"),
    small("availability"),
    small("read_status"),
    small("status"),
    big("created_ms"),
    big("modified_ms"),
    big("changed_ms"),
    Column("conversation_id", BigInteger),
    words("subject"),
    words("sender"),
    words("recipients"),
    Column("own", Text),
    Column("peer", Text),
    small("to_department", 0),
    Column("segments", SmallInteger),
    small("attempts", 0),
    Column("delivered_ms", BigInteger),
    Column("delivery_error", Text),
    small("uncertain", 0),
    Column("attachments", Text),
    big("change_number"),
    sqlite_with_rowid=False,
)
Index(
    "message_alive",
    message.c.account_id,
    message.c.extension_id,
    message.c.created_ms,
    message.c.id,
    sqlite_where=text("availability = 0"),
    postgresql_where=text("availability = 0"),
)
Index(
    "message_gone",
    message.c.account_id,
    message.c.extension_id,
    message.c.created_ms,
    message.c.id,
    sqlite_where=text("availability > 0"),
    postgresql_where=text("availability > 0"),
)
Index(
    "message_ageing",
    message.c.account_id,
    message.c.availability,
    message.c.changed_ms,
    message.c.extension_id,
    message.c.id,
    sqlite_where=text("availability > 0"),
    postgresql_where=text("availability > 0"),
)
Index(
    "message_retained",
    message.c.account_id,
    message.c.changed_ms,
    message.c.extension_id,
    message.c.id,
    sqlite_where=text("availability = 0 AND type > 1"),
    postgresql_where=text("availability = 0 AND type > 1"),
)
Index(
    "message_by_conversation",
    message.c.account_id,
    message.c.extension_id,
    message.c.conversation_id,
    message.c.created_ms,
    message.c.id,
)
Index(
    "message_by_kind",
    message.c.account_id,
    message.c.extension_id,
    message.c.type,
    message.c.direction,
    message.c.read_status,
    message.c.availability,
    message.c.created_ms,
    message.c.id,
)
for _side in (message.c.own, message.c.peer):
    Index(
        f"message_by_{_side.name}",
        message.c.account_id,
        message.c.extension_id,
        _side,
        message.c.created_ms,
        message.c.id,
        sqlite_where=text(f"{_side.name} IS NOT NULL"),
        postgresql_where=text(f"{_side.name} IS NOT NULL"),
    )

change = Table(
    "change",
    metadata,
    key("account_id"),
    key("extension_id"),
    key("number"),
    small("kind"),
    big("subject_id"),
    big("at_ms"),
    sqlite_with_rowid=False,
)

conversation = Table(
    "conversation",
    metadata,
    key("account_id"),
    key("extension_id"),
    key("id"),
    small("explicit"),
    Column("department_id", BigInteger),
    big("alive"),
    big("unread"),
    big("newest_ms"),
    big("newest_id"),
    big("reached_id", 0),
    sqlite_with_rowid=False,
)
Index(
    "conversation_through_department",
    conversation.c.account_id,
    conversation.c.extension_id,
    conversation.c.department_id,
    sqlite_where=text("explicit = 0"),
    postgresql_where=text("explicit = 0"),
)
Index(
    "conversation_reached",
    conversation.c.account_id,
    conversation.c.extension_id,
    conversation.c.reached_id,
    sqlite_where=text("reached_id > 0"),
    postgresql_where=text("reached_id > 0"),
)

participant = Table(
    "participant",
    metadata,
    key("account_id"),
    key("conversation_id"),
    key("extension_id"),
    small("present", 1),
    sqlite_with_rowid=False,
)

idempotency = Table(
    "idempotency",
    metadata,
    key("account_id"),
    Column("digest", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    big("message_id"),
    big("created_ms"),
    Column("answer", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index("idempotency_by_age", idempotency.c.created_ms)
Index("idempotency_by_message", idempotency.c.account_id, idempotency.c.message_id)

erasure = Table(
    "erasure",
    metadata,
    key("account_id"),
    Column("key", Text, primary_key=True),
    big("at_ms"),
    sqlite_with_rowid=False,
)
"""Objects that a purge let go and that are still to be erased."""

inbound_part = Table(
    "inbound_part",
    metadata,
    key("account_id"),
    Column("carrier", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("reference", BigInteger, primary_key=True),
    Column("total", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("octets", LargeBinary, nullable=False),
    small("alphabet"),
    small("used", 0),
    big("received_ms"),
    sqlite_with_rowid=False,
)
Index("inbound_part_by_age", inbound_part.c.used, inbound_part.c.received_ms)
