"""Writing mailboxes into a parcel: messages of every availability, with what belongs to them.

A page of messages and a piece of content are all that is in memory, whatever the size of the
mailbox.  What cannot be read is listed, and the export goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import msgspec

from postroom.mailbox import parcels
from postroom.mailbox.parcels import Packing
from postroom.mailbox.walking import Stretch, participations, walk
from postroom.model.ids import AccountId, ExtensionId
from postroom.model.message import Attachment, Message
from postroom.store.blobs import PIECE, Blobs, Incomplete, pieces
from postroom.store.database import Store
from postroom.wire.manifest import ErrorLine, MailboxCount, ParticipationLine
from postroom.wire.records import Kept, line_of, record_of

Tell = Callable[[str, int], None]
"""Is told the number of an extension, and how many messages of it were done."""


@dataclass(slots=True)
class Tally:
    """What was done of one mailbox."""

    messages: int = 0
    attachments: int = 0
    errors: int = 0


@dataclass(slots=True, kw_only=True)
class Exporter:
    """Writes mailboxes of one account; `errors` takes a line for each thing that is left out."""

    store: Store
    blobs: Blobs
    packing: Packing
    account_id: AccountId
    errors: IO[bytes]
    tell: Tell

    async def mailbox(self, owner: ExtensionId, number: str, stretch: Stretch) -> MailboxCount:
        """Write one mailbox."""
        tally = Tally()
        with self.blobs.scratch() as lines:
            async for page in walk(self.store, self.account_id, owner, stretch, lambda kept: kept):
                for bad in page.bad:
                    self._miss(tally, owner, bad.id, None, f"the row is damaged ({bad.why})")
                for kept in page.good:
                    await self._message(kept, lines, tally)
                self.tell(number, tally.messages)
            lines.seek(0)
            with self.packing.file(parcels.messages(owner)) as file:
                while piece := lines.read(PIECE):
                    file.write(piece)
        await self._conversations(owner)
        return MailboxCount(
            extension_id=owner,
            extension_number=number,
            messages=tally.messages,
            attachments=tally.attachments,
            errors=tally.errors,
        )

    async def _message(self, kept: Kept, lines: IO[bytes], tally: Tally) -> None:
        message = kept.message
        try:
            line_of(record_of(kept, {}))
        except Exception as error:
            why = f"the row is damaged ({type(error).__name__})"
            self._miss(tally, message.extension_id, message.id, None, why)
            return
        hashes = {
            one.number: await self._attachment(message, one, tally) for one in message.attachments
        }
        lines.write(line_of(record_of(kept, hashes)))
        tally.messages += 1

    async def _attachment(self, message: Message, one: Attachment, tally: Tally) -> str | None:
        """Write its content; the hash, or `None` when it is not there or not whole."""
        name = parcels.attachment(message.extension_id, message.id, one.number)
        reading = pieces(self.blobs, one.key, 0, one.size)
        try:
            first = await anext(reading, b"")
            with self.packing.file(name, packed=False) as file:
                file.write(first)
                async for piece in reading:
                    file.write(piece)
        except Incomplete as error:
            why = "is missing" if error.__cause__ is None else "cannot be read"
            self._miss(
                tally,
                message.extension_id,
                message.id,
                one.number,
                f"the content {why}",
            )
            return None
        tally.attachments += 1
        return file.hex()

    async def _conversations(self, owner: ExtensionId) -> None:
        with self.packing.file(parcels.conversations(owner)) as file:
            async for page in participations(self.store, self.account_id, owner):
                for one in page:
                    file.write(msgspec.json.encode(ParticipationLine(**one._asdict())) + b"\n")

    def _miss(self, tally: Tally, owner: int, id: int, attachment: int | None, why: str) -> None:
        tally.errors += 1
        line = ErrorLine(extension_id=owner, message_id=id, attachment=attachment, problem=why)
        self.errors.write(msgspec.json.encode(line) + b"\n")
