"""Whose messages a list shows: one's own, those of the departments one manages, or both.

Source: wire.md 2.5.
"""

from typing import Any

from postroom.api.call import Call
from postroom.model.access import may_read_mailbox
from postroom.model.errors import AnotherExtension, InvalidParameter
from postroom.model.extension import Extension
from postroom.model.ids import ExtensionId
from postroom.model.message import Message
from postroom.wire.message_info import OwnerInfo

PERSONAL, SHARED, ANY = "Personal", "Shared", "Any"
MAX_DIGITS = 19


def owners(
    call: Call[Any, Any], spelled: tuple[str, ...], types: tuple[str, ...], parameter: str
) -> tuple[ExtensionId, ...]:
    """The mailboxes that a list is made of, in the order of their ids; none is possible.

    Raises `InvalidParameter`, or `AnotherExtension` for a mailbox that is not shared with the
    extension of the path.
    """
    company, reader = call.company, call.extension
    known = {PERSONAL: {reader.id}, SHARED: _shared(call, reader)}
    known[ANY] = known[PERSONAL] | known[SHARED]
    wanted: set[ExtensionId] = set()
    for one in spelled or (PERSONAL,):
        wanted |= known[one] if one in known else {_named(call, one, parameter)}
    if not wanted <= known[ANY]:
        raise AnotherExtension
    return tuple(
        sorted(id for id in wanted if not types or company.extensions[id].type.value in types)
    )


def _shared(call: Call[Any, Any], reader: Extension) -> set[ExtensionId]:
    company = call.company
    return {
        one.id
        for one in company.extensions.values()
        if one.is_department and one.id != reader.id and may_read_mailbox(company, reader, one.id)
    }


def _named(call: Call[Any, Any], spelled: str, parameter: str) -> ExtensionId:
    if spelled.isascii() and spelled.isdigit() and len(spelled) <= MAX_DIGITS:
        id = ExtensionId(int(spelled))
        if id in call.company.extensions:
            return id
    raise InvalidParameter(parameter)


def shared_owner(call: Call[Any, Any], message: Message) -> OwnerInfo | None:
    """The owner of a message in somebody else's mailbox."""
    if message.extension_id == call.owner:
        return None
    owner = call.company.extensions[message.extension_id]
    return OwnerInfo(extension_id=str(owner.id), extension_type=owner.type, name=owner.name)
