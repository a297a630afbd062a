"""A session remembers the JWT credential that opened it, to end with it."""

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the hash of the credential; of the sessions that are there it is not known."""
    op.add_column("session", sa.Column("credential", sa.LargeBinary(), nullable=True))
