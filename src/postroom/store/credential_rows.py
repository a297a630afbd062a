"""Writing JWT credentials."""

from sqlalchemy import LargeBinary, Text, or_, select, update

from postroom.model.audit import UNSIGNED, Act, Signature
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit
from postroom.store.batch_statements import LOCK_MAILBOXES
from postroom.store.commands import Steps, many, one
from postroom.store.directory_version import raise_version
from postroom.store.statements import Bulk, Statement, arg, insertion
from postroom.store.tables import credential, session

ADD = insertion(
    credential,
    ["hash", "account_id", "extension_id", "label", "expires_ms", "revoked_ms", "created_ms"],
)
REVOKE = Statement(
    update(credential)
    .values(revoked_ms=arg("now"))
    .where(
        credential.c.account_id == arg("account_id"),
        credential.c.extension_id == arg("extension_id"),
        or_(arg("label", Text()).is_(None), credential.c.label == arg("label", Text())),
        credential.c.revoked_ms.is_(None),
    )
    .returning(credential.c.hash)
)
END_OPENED = Bulk(
    {
        "account_id": session.c.account_id.type,
        "extension_id": session.c.extension_id.type,
        "credential": session.c.credential.type,
        "now": session.c.revoked_ms.type,
    },
    lambda v, _: (
        update(session)
        .values(revoked_ms=v.now)
        .where(
            session.c.account_id == v.account_id,
            session.c.extension_id == v.extension_id,
            session.c.credential == v.credential,
            session.c.revoked_ms.is_(None),
        )
    ),
)
STANDING = Statement(
    select(credential.c.hash).where(
        credential.c.hash == arg("hash", LargeBinary()), credential.c.revoked_ms.is_(None)
    )
)
LIST = Statement(
    select(
        credential.c.extension_id,
        credential.c.label,
        credential.c.created_ms,
        credential.c.expires_ms,
        credential.c.revoked_ms,
    )
    .where(credential.c.account_id == arg("account_id"))
    .order_by(credential.c.created_ms)
)


def add(
    hash: bytes,
    account_id: AccountId,
    extension_id: ExtensionId,
    label: str,
    expires_ms: int | None,
    now_ms: int,
    signed: Signature = UNSIGNED,
) -> Steps[None]:
    """Keep the hash of a credential."""
    yield from many(ADD, [(hash, account_id, extension_id, label, expires_ms, None, now_ms)])
    about = {"label": label, "expiresMs": expires_ms}
    yield from audit.enter(account_id, Act.JWT_ADD, signed, extension_id, about)


def revoke(
    account_id: AccountId,
    extension_id: ExtensionId,
    label: str | None,
    now_ms: int,
    signed: Signature = UNSIGNED,
) -> Steps[int]:
    """Revoke an extension's credentials of a label, and end their sessions; how many they were.

    Without a label: all of them.
    """
    yield from many(LOCK_MAILBOXES, [(account_id, extension_id)])
    rows = yield from one(
        REVOKE, account_id=account_id, extension_id=extension_id, label=label, now=now_ms
    )
    yield from many(END_OPENED, [(account_id, extension_id, hash, now_ms) for (hash,) in rows])
    yield from raise_version(account_id, [extension_id], sessions=True)
    about = {"label": label, "count": len(rows)}
    yield from audit.enter(account_id, Act.JWT_REVOKE, signed, extension_id, about)
    return len(rows)


def stands(hash: bytes) -> Steps[bool]:
    """Whether a credential is there and not revoked; its owner's mailbox is locked."""
    return bool((yield from one(STANDING, hash=hash)))
