"""Faxes as their channel will lay them into a mailbox: a row and its objects."""

import msgspec

from postroom.mailbox import filing as mailbox
from postroom.model.filing import Filing
from postroom.model.ids import MessageId
from postroom.model.message import Attachment, Direction, Message, MessageStatus, MessageType
from tests.office import Office

OCTETS = bytes(range(256)) * 4
PDF = Attachment(number=1, kind="RenderedDocument", content_type="application/pdf", key="", size=0)


async def fax(office: Office, who: int = 102, *contents: bytes, subject: str = "") -> int:
    """Lay a fax with some contents into a mailbox; its id."""
    house, company, owner = office.house, office.company, office.id(who)
    id, now = MessageId(next(house.counter.ids)), office.clock()
    attachments = []
    for number, octets in enumerate(contents or (OCTETS,), 1):
        key = f"{owner}-{id}-{number}"
        await house.counter.blobs.put(key, octets)
        replaced = {"number": number, "key": key, "size": len(octets)}
        attachments.append(msgspec.structs.replace(PDF, **replaced))
    copy = Message(
        account_id=company.account_id,
        extension_id=owner,
        id=id,
        type=MessageType.FAX,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=now - now % 1000,
        modified_ms=now,
        sender='{"phoneNumber":"+14155550123"}',
        recipients='[{"phoneNumber":"+16505550102"}]',
        subject=subject,
        attachments=tuple(attachments),
    )
    filing = Filing(account_id=company.account_id, version=company.version, messages=(copy,))
    await mailbox.file(house.store, filing)
    return id


def key_of(office: Office, who: int, id: int, number: int = 1) -> str:
    """The key of a content."""
    return f"{office.id(who)}-{id}-{number}"
