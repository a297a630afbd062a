"""What people keep for themselves: templates of messages, and notification settings.

A template without an extension is the company's.  Notification settings are JSON.
"""

from sqlalchemy import BigInteger, Column, Index, Table

from postroom.store.tables.base import key, metadata, words

message_template = Table(
    "message_template",
    metadata,
    key("account_id"),
    key("id"),
    Column("extension_id", BigInteger),
    words("name"),
    words("text"),
    sqlite_with_rowid=False,
)
Index("message_template_by_owner", message_template.c.account_id, message_template.c.extension_id)

notification = Table(
    "notification",
    metadata,
    key("account_id"),
    key("extension_id"),
    words("settings"),
    sqlite_with_rowid=False,
)
