"""What the tables are made of: one metadata, and columns of the few kinds that there are."""

from sqlalchemy import BigInteger, Column, MetaData, SmallInteger, Text, text

metadata = MetaData()


def key(name: str) -> Column[int]:
    """A number that is part of the primary key."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def big(name: str, default: int | None = None) -> Column[int]:
    """A 64-bit number."""
    server_default = None if default is None else text(str(default))
    return Column(name, BigInteger, nullable=False, server_default=server_default)


def small(name: str, default: int | None = None) -> Column[int]:
    """A code or a flag."""
    server_default = None if default is None else text(str(default))
    return Column(name, SmallInteger, nullable=False, server_default=server_default)


def words(name: str, default: str | None = None) -> Column[str]:
    """A text."""
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)
