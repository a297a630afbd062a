"""Reading: an index over the kinds of messages, one over numbers, and the words of the texts.

On SQLite the words are in a table of its full-text engine that two triggers keep in step.  It is
contentless, so a text leaves it with the words that it came with; with `secure-delete` nothing of
them stays in the file.
"""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import TSVECTOR

FTS5 = (
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "words, content='', columnsize=0, tokenize='ascii')",
    "INSERT INTO search_words (search_words, rank) VALUES ('secure-delete', 1)",
    "CREATE TRIGGER searchable_added AFTER INSERT ON searchable BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (new.message_id, new.words); END",
    "CREATE TRIGGER searchable_removed AFTER DELETE ON searchable BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) "
    "VALUES ('delete', old.message_id, old.words); END",
)


def upgrade(op: Operations) -> None:
    """Add indexes of `message`, and the tables of the search."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    op.create_index(
        "message_by_kind",
        "message",
        [
            *("account_id", "extension_id", "type", "direction", "read_status", "availability"),
            *("created_ms", "id"),
        ],
    )
    for side in ("own", "peer"):
        op.create_index(
            f"message_by_{side}",
            "message",
            ["account_id", "extension_id", side, "created_ms", "id"],
            sqlite_where=sa.text(f"{side} IS NOT NULL"),
            postgresql_where=sa.text(f"{side} IS NOT NULL"),
        )
    op.create_table(
        "searchable",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("extension_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("words", TSVECTOR().with_variant(sa.Text(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "extension_id", "message_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "indexed",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("extension_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("behind", sa.BigInteger(), server_default=sa.text("-1"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "extension_id"),
        sqlite_with_rowid=False,
    )
    if is_sqlite:
        for statement in FTS5:
            op.execute(statement)
    else:
        op.create_index("searchable_words", "searchable", ["words"], postgresql_using="gin")
