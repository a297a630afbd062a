"""Who may page whom, and whom a page reaches.

A page names extensions; a department among them stands for its members of that moment and for its
own mailbox.  Source: guide 001, guide 002; wire.md 2.4.
"""

import msgspec

from postroom.model.company import Company
from postroom.model.drafts import Address, PageDraft
from postroom.model.errors import InvalidParameter, InvalidReference
from postroom.model.extension import USER, Extension
from postroom.model.filing import Thread
from postroom.model.ids import ExtensionId
from postroom.model.refusals import (
    MayNotPage,
    MessageTooLong,
    NoDepartmentMembers,
    NotParticipant,
    RecipientInactive,
    RecipientMismatch,
    SenderIdMismatch,
    SenderNumberMismatch,
)
from postroom.model.text import PAGER_UNITS, units


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a page names, and whose mailboxes it reaches, each once, in the order asked."""

    named: tuple[Extension, ...]
    reached: tuple[Extension, ...]

    @property
    def to_department(self) -> bool:
        """Whether a department is among the named."""
        return any(extension.is_department for extension in self.named)


def check(company: Company, sender: Extension, draft: PageDraft) -> None:
    """Raises what stands against the sender or the text, whoever the recipients are."""
    if sender.type is not USER:
        raise MayNotPage(sender.type)
    if draft.sender is not None:
        _check_sender(company, sender, draft.sender)
    if not draft.text:
        raise InvalidParameter("text", "it is empty")
    if "\0" in draft.text:
        raise InvalidParameter("text", "it has a NUL character")
    if (length := units(draft.text)) > PAGER_UNITS:
        raise MessageTooLong(length, PAGER_UNITS)
    if not draft.recipients and draft.reply_on is None:
        raise InvalidParameter("to")


def _check_sender(company: Company, sender: Extension, given: Address) -> None:
    by_number = company.by_number.get(given.number) if given.number is not None else None
    by_id = company.extensions.get(given.id) if given.id is not None else None
    for named in (by_number, by_id):
        if named is not None and named.is_department:
            raise MayNotPage(named.type)
    if given.number is not None and given.number != sender.number:
        raise SenderNumberMismatch
    if given.id is not None and given.id != sender.id:
        raise SenderIdMismatch


def recipients(company: Company, addresses: tuple[Address, ...]) -> tuple[Extension, ...]:
    """The named extensions, each once, in the order asked.

    Raises `InvalidReference` for one that is not of this account, `RecipientMismatch` where number
    and id disagree, `RecipientInactive` when one is disabled or frozen, and `NoDepartmentMembers`.
    """
    named = {one.id: one for one in [_resolve(company, address) for address in addresses]}
    extensions = tuple(named.values())
    inactive = [extension.number for extension in extensions if not extension.is_active]
    if inactive:
        raise RecipientInactive(", ".join(inactive))
    for extension in extensions:
        if extension.is_department and not company.members.get(extension.id):
            raise NoDepartmentMembers(extension.number)
    return extensions


def _resolve(company: Company, address: Address) -> Extension:
    """The extension that is named, by its number, its id, or both."""
    if address.number is None and address.id is None:
        raise InvalidParameter("to")
    by_number = None if address.number is None else company.by_number.get(address.number)
    by_id = None if address.id is None else company.extensions.get(address.id)
    if address.number is not None and address.id is not None:
        if by_number is None or by_id is None:
            raise InvalidReference("to")
        if by_number.id != by_id.id:
            raise RecipientMismatch
    extension = by_number or by_id
    if extension is None:
        raise InvalidReference("to")
    return extension


def check_reply(company: Company, sender: Extension, thread: Thread) -> None:
    """Raises `NotParticipant` unless the sender takes part, by name or through a department."""
    if not takes_part(company, sender.id, thread):
        raise NotParticipant


def takes_part(company: Company, extension: ExtensionId, thread: Thread) -> bool:
    """Whether an extension is among the participants of now."""
    if extension in thread.explicit:
        return True
    return not thread.departments.isdisjoint(company.circles(extension))


def participants(company: Company, thread: Thread, sender: Extension) -> tuple[Extension, ...]:
    """Whom an answer goes to besides the sender: those who are still there and active."""
    there = (company.extensions.get(id) for id in thread.participants)
    others = (e for e in there if e is not None and e.is_active and e.id != sender.id)
    return tuple(sorted(others, key=lambda extension: (len(extension.number), extension.number)))


def audience(company: Company, sender: Extension, named: tuple[Extension, ...]) -> Audience:
    """Whose mailboxes a page reaches.

    A department is its own mailbox and its active members; an inactive one is passed over in
    silence.  The sender gets a copy only when named, for it has the one that it sent.
    """
    reached: dict[ExtensionId, Extension] = {}
    for extension in named:
        reached[extension.id] = extension
        for member_id in company.members.get(extension.id, ()):
            member = company.extensions[member_id]
            if member.is_active and member_id != sender.id:
                reached.setdefault(member_id, member)
    return Audience(named=named, reached=tuple(reached.values()))


def joined(
    company: Company, sender: Extension, named: tuple[Extension, ...], thread: Thread | None
) -> tuple[frozenset[ExtensionId], frozenset[ExtensionId]]:
    """Who takes part from this message on: by name, and as departments.

    Who writes to departments only, being a member of one, takes part through it and leaves with it.
    """
    departments = frozenset([e.id for e in named if e.is_department])
    explicit = frozenset([e.id for e in named if e.id not in departments])
    if thread is not None:
        return thread.explicit | explicit, thread.departments | departments
    if explicit or departments.isdisjoint(company.circles(sender.id)):
        explicit |= {sender.id}
    return explicit, departments
