"""What ages is found by an index, and objects are erased after the purge that let them go.

The indexes on `message` are partial: they hold what is deleted or purged, and what a retention is
about.  Building them reads every message once.  On PostgreSQL, tables whose rows come and go are
vacuumed by a fiftieth of them instead of a fifth, so that they stay as large as what they hold.
"""

import sqlalchemy as sa
from alembic.operations import Operations

BUSY = ("message", "change", "mailbox", "conversation", "outbox")


def upgrade(op: Operations) -> None:
    """Add the table and the indexes, and have PostgreSQL clean up in time."""
    op.create_table(
        "erasure",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key"),
        sqlite_with_rowid=False,
    )
    _index(
        op,
        "message_ageing",
        "message",
        ["account_id", "availability", "changed_ms", "extension_id", "id"],
        "availability > 0",
    )
    _index(
        op,
        "message_retained",
        "message",
        ["account_id", "changed_ms", "extension_id", "id"],
        "availability = 0 AND type > 1",
    )
    _index(op, "mailbox_over_quota", "mailbox", ["account_id", "extension_id"], "over_quota = 1")
    op.create_index("idempotency_by_message", "idempotency", ["account_id", "message_id"])
    if op.get_context().dialect.name == "postgresql":
        for table in BUSY:
            op.execute(
                f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, "
                "autovacuum_vacuum_cost_delay = 1)"
            )


def _index(op: Operations, name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, sqlite_where=condition, postgresql_where=condition, unique=False
    )
