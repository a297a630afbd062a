"""The schema on one page.

Every key of message data begins with the account id.  The global tables, the only ones that do not,
are named in `GLOBAL`.  Enumerations are small integers (`store.codes`), times Unix milliseconds,
flags 0 or 1, so that both engines hold the same values.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)

metadata = MetaData()


def _id(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _big(name: str, default: int | None = None) -> Column[int]:
    server_default = None if default is None else text(str(default))
    return Column(name, BigInteger, nullable=False, server_default=server_default)


def _small(name: str, default: int | None = None) -> Column[int]:
    server_default = None if default is None else text(str(default))
    return Column(name, SmallInteger, nullable=False, server_default=server_default)


def _text(name: str, default: str | None = None) -> Column[str]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


# -- who is who ------------------------------------------------------------------------------

account = Table(
    "account",
    metadata,
    _id("id"),
    _text("name"),
    _big("directory_version", 1),
    _big("session_version", 1),
    Column("main_number", Text),
    _text("settings", "{}"),
    _big("created_ms"),
    sqlite_with_rowid=True,
)

extension = Table(
    "extension",
    metadata,
    _id("account_id"),
    _id("id"),
    _text("number"),
    _small("type"),
    _small("status"),
    _text("first_name"),
    _text("last_name", ""),
    _text("email", ""),
    _small("administrator", 0),
    _text("denied", "[]"),
    Column("password_hash", Text),
    _small("deleted", 0),
    _big("version"),
    _big("created_ms"),
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
    _id("account_id"),
    _id("department_id"),
    _id("extension_id"),
    Column("role", SmallInteger, primary_key=True),
    _small("present"),
    _big("version"),
    sqlite_with_rowid=False,
)
Index("membership_by_version", membership.c.account_id, membership.c.version)

number = Table(
    "number",
    metadata,
    Column("msisdn", Text, primary_key=True),
    _id("account_id"),
    _big("id"),
    _big("owner_id"),
    _small("usage"),
    _small("deleted", 0),
    _big("version"),
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

# -- who may come in -------------------------------------------------------------------------

app = Table(
    "app",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("secret_hash", Text),
    _text("name"),
    _text("scopes"),
    _text("grants"),
    _text("redirect_uris", "[]"),
    _big("created_ms"),
)

credential = Table(
    "credential",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    _big("account_id"),
    _big("extension_id"),
    _text("label", ""),
    Column("expires_ms", BigInteger),
    Column("revoked_ms", BigInteger),
    _big("created_ms"),
)

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    _big("account_id"),
    _big("extension_id"),
    _text("client_id"),
    _text("scopes"),
    _text("endpoint_id"),
    _big("created_ms"),
    _big("expires_ms"),
    Column("revoked_ms", BigInteger),
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
    _text("session_id"),
    _small("kind"),
    _big("expires_ms"),
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
    _text("client_id"),
    _big("account_id"),
    _big("extension_id"),
    Column("redirect_uri", Text),
    Column("challenge", Text),
    Column("challenge_method", Text),
    _big("expires_ms"),
    Column("used_ms", BigInteger),
    Column("session_id", Text),
)
Index("authorization_code_by_expiry", authorization_code.c.expires_ms)

login_failure = Table(
    "login_failure",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    _big("failures"),
    _big("last_ms"),
)
Index("login_failure_by_age", login_failure.c.last_ms)

# -- messages --------------------------------------------------------------------------------

mailbox = Table(
    "mailbox",
    metadata,
    _id("account_id"),
    _id("extension_id"),
    _big("change_number", 0),
    _big("trimmed_number", 0),
    Column("counters", LargeBinary, nullable=False),
    _small("over_quota", 0),
    sqlite_with_rowid=False,
    postgresql_with={"fillfactor": "70"},
)

message = Table(
    "message",
    metadata,
    _id("account_id"),
    _id("extension_id"),
    _id("id"),
    _small("type"),
    _small("direction"),
    _small("availability"),
    _small("read_status"),
    _small("status"),
    _big("created_ms"),
    _big("modified_ms"),
    _big("changed_ms"),
    Column("conversation_id", BigInteger),
    _text("subject"),
    _text("sender"),
    _text("recipients"),
    Column("own", Text),
    Column("peer", Text),
    _small("to_department", 0),
    Column("segments", SmallInteger),
    _small("attempts", 0),
    Column("delivered_ms", BigInteger),
    Column("delivery_error", Text),
    _small("uncertain", 0),
    Column("attachments", Text),
    _big("change_number"),
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
    "message_by_conversation",
    message.c.account_id,
    message.c.extension_id,
    message.c.conversation_id,
    message.c.created_ms,
    message.c.id,
)

change = Table(
    "change",
    metadata,
    _id("account_id"),
    _id("extension_id"),
    _id("number"),
    _small("kind"),
    _big("subject_id"),
    _big("at_ms"),
    sqlite_with_rowid=False,
)

conversation = Table(
    "conversation",
    metadata,
    _id("account_id"),
    _id("extension_id"),
    _id("id"),
    _small("explicit"),
    Column("department_id", BigInteger),
    _big("alive"),
    _big("unread"),
    _big("newest_ms"),
    _big("newest_id"),
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

participant = Table(
    "participant",
    metadata,
    _id("account_id"),
    _id("conversation_id"),
    _id("extension_id"),
    _small("present", 1),
    sqlite_with_rowid=False,
)

idempotency = Table(
    "idempotency",
    metadata,
    _id("account_id"),
    Column("digest", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    _big("message_id"),
    _big("created_ms"),
    Column("answer", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index("idempotency_by_age", idempotency.c.created_ms)

inbound_part = Table(
    "inbound_part",
    metadata,
    _id("account_id"),
    Column("carrier", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("reference", BigInteger, primary_key=True),
    Column("total", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("octets", LargeBinary, nullable=False),
    _small("alphabet"),
    _small("used", 0),
    _big("received_ms"),
    sqlite_with_rowid=False,
)
Index("inbound_part_by_age", inbound_part.c.used, inbound_part.c.received_ms)

# -- carriers --------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    _id("account_id"),
    _id("message_id"),
    _big("extension_id"),
    _text("carrier", ""),
    _text("sender"),
    _text("recipient"),
    _text("body"),
    _small("segments_done", 0),
    _small("attempts", 0),
    _big("accepted_ms"),
    _big("due_ms"),
    _small("claimed", 0),
    _big("fence", 0),
    sqlite_with_rowid=False,
)
Index(
    "outbox_due",
    outbox.c.carrier,
    outbox.c.due_ms,
    outbox.c.message_id,
    sqlite_where=text("claimed = 0"),
    postgresql_where=text("claimed = 0"),
)
Index(
    "outbox_claimed",
    outbox.c.carrier,
    outbox.c.fence,
    sqlite_where=text("claimed = 1"),
    postgresql_where=text("claimed = 1"),
)

Index("outbox_by_age", outbox.c.accepted_ms)

submitted = Table(
    "submitted",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    _id("account_id"),
    _id("message_id"),
    Column("segment", SmallInteger, primary_key=True),
    _big("extension_id"),
    _text("carrier_id"),
    _text("sender"),
    _text("recipient"),
    _small("state", 0),
    Column("error", Text),
    _big("at_ms"),
    sqlite_with_rowid=False,
)
Index("submitted_by_message", submitted.c.account_id, submitted.c.message_id)
Index("submitted_by_age", submitted.c.at_ms)

parked_report = Table(
    "parked_report",
    metadata,
    Column("carrier", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    _id("id"),
    _text("carrier_id"),
    _small("report"),
    _text("sender"),
    _text("recipient"),
    Column("error", Text),
    Column("done_ms", BigInteger),
    _big("at_ms"),
    sqlite_with_rowid=False,
)
Index("parked_report_by_age", parked_report.c.at_ms)

refused_answer = Table(
    "refused_answer",
    metadata,
    _id("account_id"),
    Column("number", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    _big("times"),
    sqlite_with_rowid=False,
)

# -- the house itself ------------------------------------------------------------------------

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    _text("holder"),
    _big("fence"),
    _big("beats"),
    _big("until_ms"),
    _small("bound", 0),
)

id_worker = Table(
    "id_worker",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    _text("holder"),
    _big("until_ms"),
    _big("ids_until"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

GLOBAL = frozenset(
    {
        "account",
        "number",
        "app",
        "credential",
        "session",
        "token",
        "authorization_code",
        "login_failure",
        "submitted",
        "parked_report",
        "lease",
        "id_worker",
        "setting",
    }
)
"""The tables whose keys do not begin with an account: they are looked up before it is known."""
