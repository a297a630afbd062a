"""The schema: one module per part of the house.

Every key of message data begins with the account id.  The global tables, the only ones that do not,
are named in `GLOBAL`.  Enumerations are small integers (`store.codes`), times Unix milliseconds,
flags 0 or 1, so that both engines hold the same values.
"""

from postroom.store.tables.access import (
    app,
    authorization_code,
    credential,
    login_failure,
    session,
    token,
)
from postroom.store.tables.base import metadata
from postroom.store.tables.carriers import outbox, parked_report, refused_answer, submitted
from postroom.store.tables.company import account, extension, membership, number
from postroom.store.tables.house import id_worker, lease, setting
from postroom.store.tables.messages import (
    change,
    conversation,
    erasure,
    idempotency,
    inbound_part,
    mailbox,
    message,
    participant,
)
from postroom.store.tables.proof import audit, audit_head, hold
from postroom.store.tables.reports import report, report_archive
from postroom.store.tables.search import indexed, searchable
from postroom.store.tables.wishes import message_template, notification

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

__all__ = [
    "GLOBAL",
    "account",
    "app",
    "audit",
    "audit_head",
    "authorization_code",
    "change",
    "conversation",
    "credential",
    "erasure",
    "extension",
    "hold",
    "id_worker",
    "idempotency",
    "inbound_part",
    "indexed",
    "lease",
    "login_failure",
    "mailbox",
    "membership",
    "message",
    "message_template",
    "metadata",
    "notification",
    "number",
    "outbox",
    "parked_report",
    "participant",
    "refused_answer",
    "report",
    "report_archive",
    "searchable",
    "session",
    "setting",
    "submitted",
    "token",
]
