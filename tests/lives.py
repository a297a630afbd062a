"""What the stories about the life of messages do and look at."""

from typing import Any

import msgspec
from sqlalchemy import func, select

from postroom.directory import provisioning
from postroom.mailbox import filing as mailbox
from postroom.model.filing import Filing
from postroom.model.ids import MessageId
from postroom.model.keeping import Choices
from postroom.model.message import Attachment, Direction, Message, MessageStatus, MessageType
from postroom.model.objects import Owner, key_of
from postroom.store.statements import Statement
from postroom.store.tables import metadata
from tests.office import Office


async def page(office: Office, text: str = "Hello") -> int:
    """A page from 101 to 102; the id of the copy of 102."""
    await office.page(101, 102, text=text)
    return int((await office.inbox(102))[0]["id"])


async def voicemail(office: Office, type: MessageType = MessageType.VOICEMAIL) -> tuple[int, str]:
    """Lay a voicemail into the mailbox of 102, as its channel will; its id and its object."""
    house, company = office.house, office.company
    owner = Owner(company.account_id, office.id(102), MessageId(next(house.counter.ids)))
    key = key_of(owner, 1)
    await house.counter.blobs.put(key, b"RIFF" * 100)
    now = office.clock()
    copy = Message(
        account_id=owner.account_id,
        extension_id=owner.extension_id,
        id=owner.message_id,
        type=type,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=now - now % 1000,
        modified_ms=now,
        sender="{}",
        recipients="[]",
        attachments=(
            Attachment(
                number=1, kind="AudioRecording", content_type="audio/wav", key=key, size=400
            ),
        ),
    )
    filing = Filing(account_id=owner.account_id, version=company.version, messages=(copy,))
    await mailbox.file(house.store, filing)
    return int(owner.message_id), key


async def sweep(office: Office) -> None:
    """One round of the sweeper, as if it were due."""
    sweeper = office.house.sweeper
    sweeper.breath = 0
    await sweeper.round()


async def choose(office: Office, **choices: int) -> None:
    """Let the account choose what it keeps."""
    company = await office.house.companies.current(office.company.account_id)
    settings = msgspec.structs.replace(company.settings, keeping=Choices(**choices))
    await provisioning.set_account(
        office.house.store, company, main_number=company.main_number, settings=settings
    )


async def count(office: Office, table: str) -> int:
    """How many rows a table has."""
    [[rows]] = await office.house.store.fetch(
        Statement(select(func.count()).select_from(metadata.tables[table]))
    )
    return int(rows)


async def of(office: Office, who: int, availability: str) -> list[dict[str, Any]]:
    """What somebody has in one availability, of any time."""
    return await office.inbox(who, availability=availability, dateFrom="2020-01-01")


async def shown(office: Office, availability: str) -> list[dict[str, Any]]:
    """What 102 has in one availability, of any time."""
    return await of(office, 102, availability)
