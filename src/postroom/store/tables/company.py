"""Who is who: accounts, extensions, memberships and numbers."""

from sqlalchemy import Column, Index, SmallInteger, Table, Text, func, text

from postroom.store.tables.base import big, key, metadata, small, words

account = Table(
    "account",
    metadata,
    key("id"),
    words("name"),
    big("directory_version", 1),
    big("session_version", 1),
    Column("main_number", Text),
    words("settings", "{}"),
    big("created_ms"),
    sqlite_with_rowid=True,
)

extension = Table(
    "extension",
    metadata,
    key("account_id"),
    key("id"),
    words("number"),
    small("type"),
    small("status"),
    words("first_name"),
    words("last_name", ""),
    words("email", ""),
    small("administrator", 0),
    words("denied", "[]"),
    Column("password_hash", Text),
    small("deleted", 0),
    big("version"),
    big("created_ms"),
    sqlite_with_rowid=False,
)
Index(
    "extension_by_number",
    extension.c.account_id,
    extension.c.number,
    unique=True,
    sqlite_where=text("deleted = 0"),
    postgresql_where=text("deleted = 0"),
)
Index("extension_by_version", extension.c.account_id, extension.c.version)
Index("extension_by_email", func.lower(extension.c.email))

membership = Table(
    "membership",
    metadata,
    key("account_id"),
    key("department_id"),
    key("extension_id"),
    Column("role", SmallInteger, primary_key=True),
    small("present"),
    big("version"),
    sqlite_with_rowid=False,
)
Index("membership_by_version", membership.c.account_id, membership.c.version)

number = Table(
    "number",
    metadata,
    Column("msisdn", Text, primary_key=True),
    key("account_id"),
    big("id"),
    big("owner_id"),
    small("usage"),
    small("deleted", 0),
    big("version"),
    sqlite_with_rowid=False,
)
Index(
    "number_in_use",
    number.c.msisdn,
    unique=True,
    sqlite_where=text("deleted = 0"),
    postgresql_where=text("deleted = 0"),
)
Index("number_by_account", number.c.account_id, number.c.version)
