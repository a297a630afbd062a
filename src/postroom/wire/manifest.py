"""What an export says of itself, and who is who in it; `docs/operate/export.md` shows it."""

import msgspec

from postroom.model.company import Role, Usage
from postroom.model.extension import ExtensionStatus, ExtensionType
from postroom.wire.records import Hash, Id, Large

FORMAT = 1
"""Of the files; an export of another format is refused."""


class MailboxCount(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What was exported of one mailbox, and how many things could not be."""

    extension_id: Large
    extension_number: str
    messages: int
    attachments: int
    errors: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole of an export; `sums` is the hash of the list of hashes of all files."""

    format: int
    program: str
    schema: int
    account_id: Large
    account_name: str
    made_at: str
    since: str | None
    until: str
    messages: int
    attachments: int
    errors: int
    mailboxes: tuple[MailboxCount, ...]
    sums: Hash


class ErrorLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that is not in the export; without `attachment` it is a whole message."""

    extension_id: int
    message_id: int
    attachment: int | None
    problem: str


class ParticipationLine(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A participant of a pager conversation, and how the owner of the mailbox takes part.

    By name (`explicit`), or through a department; `present` is whether the participant still is.
    """

    conversation_id: Large
    explicit: bool
    department_id: Large | None
    participant: Large
    present: bool


class ExtensionRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An extension, without anything to log in with; `removed` ones still have a mailbox."""

    id: Large
    number: str
    type: ExtensionType
    status: ExtensionStatus
    first_name: str
    last_name: str
    email: str
    administrator: bool
    denied: tuple[str, ...]
    removed: bool
    created_ms: int


class MembershipRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who is, or once was, in a department."""

    department_id: Large
    extension_id: Large
    role: Role
    present: bool


class NumberRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A phone number of the account."""

    id: Large
    msisdn: str
    usage: Usage
    owner: Large


class DirectoryRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An account with all that belongs to it; `settings` as the account has chosen them."""

    id: Id
    name: str
    main_number: str | None
    settings: msgspec.Raw
    created_ms: int
    extensions: tuple[ExtensionRecord, ...]
    memberships: tuple[MembershipRecord, ...]
    numbers: tuple[NumberRecord, ...]
