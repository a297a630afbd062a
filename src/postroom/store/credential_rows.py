"""Writing JWT credentials."""

from sqlalchemy import Text, or_, select, update

from postroom.model.ids import AccountId, ExtensionId
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
) -> Steps[None]:
    """Keep the hash of a credential."""
    yield from many(ADD, [(hash, account_id, extension_id, label, expires_ms, None, now_ms)])


def revoke(
    account_id: AccountId, extension_id: ExtensionId, label: str | None, now_ms: int
) -> Steps[int]:
    """Let no more tokens be made with an extension's credentials of a label; how many they were.

    Without a label: with any of them.
    """
    yield from raise_version(account_id, [extension_id], sessions=True)
    rows = yield from one(
        REVOKE, account_id=account_id, extension_id=extension_id, label=label, now=now_ms
    )
    return len(rows)
