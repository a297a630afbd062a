"""Who may come in: apps, credentials, sessions, tokens, codes."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from postroom.store.tables.base import big, metadata, small, words

app = Table(
    "app",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("secret_hash", Text),
    words("name"),
    words("scopes"),
    words("grants"),
    words("redirect_uris", "[]"),
    big("created_ms"),
)

credential = Table(
    "credential",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    big("account_id"),
    big("extension_id"),
    words("label", ""),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    big("created_ms"),
)

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    big("account_id"),
    big("extension_id"),
    words("client_id"),
    words("scopes"),
    words("endpoint_id"),
    big("created_ms"),
    big("expires_ms"),
    Column("revoked_ms", BigInteger),
    Column("credential", LargeBinary),
)
Index(
    "session_by_user",
    session.c.account_id,
    session.c.extension_id,
    session.c.client_id,
    session.c.created_ms,
)
Index("session_by_expiry", session.c.expires_ms)

token = Table(
    "token",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    words("session_id"),
    small("kind"),
    big("expires_ms"),
    Column("used_ms", BigInteger),
    Column("replaced_ms", BigInteger),
    Column("nonce", LargeBinary),
)
Index("token_by_session", token.c.session_id)
Index("token_by_expiry", token.c.expires_ms)

authorization_code = Table(
    "authorization_code",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    words("client_id"),
    big("account_id"),
    big("extension_id"),
    Column("redirect_uri", Text),
    Column("challenge", Text),
    Column("challenge_method", Text),
    big("expires_ms"),
    Column("used_ms", BigInteger),
    Column("session_id", Text),
)
Index("authorization_code_by_expiry", authorization_code.c.expires_ms)

login_failure = Table(
    "login_failure",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    big("failures"),
    big("last_ms"),
)
Index("login_failure_by_age", login_failure.c.last_ms)
