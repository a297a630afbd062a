"""What widened somebody's reach into a conversation, so that a client is told of older messages."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the column, and the index that finds the few rows where it says anything."""
    op.add_column(
        "conversation",
        sa.Column("reached_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.create_index(
        "conversation_reached",
        "conversation",
        ["account_id", "extension_id", "reached_id"],
        sqlite_where=sa.text("reached_id > 0"),
        postgresql_where=sa.text("reached_id > 0"),
    )
