"""Writing JWT credentials."""

from sqlalchemy import Text, or_, select, update

from postroom.model.audit import UNSIGNED, Act, Signature
from postroom.model.ids import AccountId, ExtensionId
from postroom.store import audit
from postroom.store.commands import Steps, many, one
from postroom.store.directory_version import raise_version
from postroom.store.statements import Statement, arg, insertion
from postroom.store.tables import credential

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
    """Let no more tokens be made with an extension's credentials of a label; how many they were.

    Without a label: with any of them.
    """
    yield from raise_version(account_id, [extension_id], sessions=True)
    rows = yield from one(
        REVOKE, account_id=account_id, extension_id=extension_id, label=label, now=now_ms
    )
    about = {"label": label, "count": len(rows)}
    yield from audit.enter(account_id, Act.JWT_REVOKE, signed, extension_id, about)
    return len(rows)
