"""What is found by its words: an index of the messages' texts, filled behind the writers."""

from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from postroom.store.tables.base import big, key, metadata

searchable = Table(
    "searchable",
    metadata,
    key("account_id"),
    key("extension_id"),
    key("message_id"),
    big("digest"),
    Column("words", TSVECTOR().with_variant(Text(), "sqlite"), nullable=False),
    sqlite_with_rowid=False,
)
Index("searchable_words", searchable.c.words, postgresql_using="gin").ddl_if(dialect="postgresql")

indexed = Table(
    "indexed",
    metadata,
    key("account_id"),
    key("extension_id"),
    big("number"),
    big("behind", -1),
    sqlite_with_rowid=False,
)
