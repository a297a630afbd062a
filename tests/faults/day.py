"""A scripted day of an office, and what its clients were promised.

Each step asks for one thing and notes what a success promises.  What failed may have happened or
not: the client was told neither.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from postroom.mailbox import filing as mailbox
from postroom.model.filing import Filing
from postroom.model.ids import MessageId
from postroom.model.message import Attachment, Direction, Message, MessageStatus, MessageType
from postroom.model.objects import Owner, key_of
from postroom.model.traffic import Alphabet, InboundSms
from postroom.transports import TemporaryFailure
from tests.office import DAY_MS, OUTSIDE, Office

ADA, BEN = "+16505550101", "+16505550102"
RECORDING = b"RIFF" * 5000
Copy = tuple[str, str]
"""A mailbox, by its extension's number, and the text or the name of a message."""


class Refused(Exception):
    """The step did not succeed; the next ones are taken all the same."""


@dataclass(slots=True)
class Promises:
    """What must be there afterwards: copies with availability and read status, or either of two.

    `objects` are the recordings that must be whole.
    """

    copies: dict[Copy, set[tuple[str, str]]] = field(default_factory=dict)
    ids: dict[Copy, int] = field(default_factory=dict)
    objects: dict[Copy, str] = field(default_factory=dict)
    queued: set[int] = field(default_factory=set)

    def sent(self, text: str, *owners: str) -> None:
        """A message was acknowledged: each of its mailboxes has its copy."""
        for owner in owners:
            self.copies[owner, text] = {("Alive", "Unread")}


@dataclass(slots=True)
class Day:
    """The steps, one after the other."""

    office: Office
    promises: Promises = field(default_factory=Promises)

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        """All steps in their order."""
        return [
            self.sms_inside,
            self.sms_outside,
            self.page,
            self.sms_arrives,
            self.voicemail_arrives,
            self.page_is_read,
            self.sms_is_deleted,
            self.sms_is_restored,
            self.sms_is_deleted,
            self.fax_arrives,
            self.fax_is_purged,
            self.days_pass,
        ]

    async def sms_inside(self) -> None:
        answer = _good(await self.office.sms(101, ADA, BEN, "inside"))
        self.promises.sent("inside", "101", "102")
        self.promises.ids["101", "inside"] = answer["id"]

    async def sms_outside(self) -> None:
        answer = _good(await self.office.sms(101, ADA, OUTSIDE, "outside"))
        self.promises.sent("outside", "101")
        self.promises.queued.add(answer["id"])

    async def page(self) -> None:
        _good(await self.office.page(101, 102, 103, text="page"))
        self.promises.sent("page", "101", "102", "103")

    async def sms_arrives(self) -> None:
        came = InboundSms(
            carrier="simulator",
            sender=OUTSIDE,
            recipient=BEN,
            octets=b"inbound",
            alphabet=Alphabet.LATIN1,
        )
        try:
            await self.office.house.border.receive(came)
        except TemporaryFailure as error:
            raise Refused from error
        self.promises.sent("inbound", "102")

    async def voicemail_arrives(self) -> None:
        await self._arrives("voicemail", MessageType.VOICEMAIL)

    async def fax_arrives(self) -> None:
        await self._arrives("fax", MessageType.FAX)

    async def _arrives(self, name: str, type: MessageType) -> None:
        """A recording comes, as its channel will file it: content first, row second."""
        house, company, now = self.office.house, self.office.company, self.office.clock()
        id = MessageId(next(house.counter.ids))
        owner = Owner(company.account_id, self.office.id(102), id)
        key = key_of(owner, 1)
        copy = Message(
            account_id=owner.account_id,
            extension_id=owner.extension_id,
            id=id,
            type=type,
            direction=Direction.INBOUND,
            status=MessageStatus.RECEIVED,
            created_ms=now - now % 1000,
            modified_ms=now,
            sender="{}",
            recipients="[]",
            subject=name,
            attachments=(
                Attachment(number=1, kind="A", content_type="x/y", key=key, size=len(RECORDING)),
            ),
        )
        try:
            await house.counter.blobs.put(key, RECORDING)
            filing = Filing(account_id=owner.account_id, version=company.version, messages=(copy,))
            await mailbox.file(house.store, filing)
        except Exception as error:
            raise Refused from error
        self.promises.sent(name, "102")
        self.promises.ids["102", name] = id
        self.promises.objects["102", name] = key

    async def page_is_read(self) -> None:
        await self._change("page", "PUT", {"readStatus": "Read"}, ("Alive", "Read"))

    async def sms_is_deleted(self) -> None:
        await self._change("inside", "DELETE", None, ("Deleted", "Unread"))

    async def sms_is_restored(self) -> None:
        await self._change("inside", "PATCH", {"availability": "Alive"}, ("Alive", "Unread"))

    async def fax_is_purged(self) -> None:
        self.promises.objects.pop(("102", "fax"), None)
        await self._change("fax", "DELETE", None, ("Purged", "Unread"), "?purge=true")

    async def _change(
        self, name: str, method: str, body: Any, after: tuple[str, str], query: str = ""
    ) -> None:
        copy = ("102", name)
        if copy not in self.promises.copies:
            return
        id = self.promises.ids.get(copy) or await self._id(name)
        states = self.promises.copies[copy]
        if after[0] == "Deleted" and ("Deleted", "Unread") in states:
            return  # a second deletion would purge
        states |= {after}
        path = f"message-store/{id}{query}"
        _good(await self.office.call(102, method, path, **({"json": body} if body else {})))
        self.promises.copies[copy] = {after}

    async def _id(self, name: str) -> int:
        for availability in ("Alive", "Deleted"):
            for one in await self.office.inbox(102, availability=availability):
                if one.get("subject") == name:
                    self.promises.ids["102", name] = one["id"]
                    return int(one["id"])
        raise AssertionError(f"{name} was acknowledged and is not there")

    async def days_pass(self) -> None:
        """What was deleted or purged moves on: nobody promised that it would stay."""
        for states in self.promises.copies.values():
            if any(availability != "Alive" for availability, _ in states):
                states |= {("Purged", read) for _, read in set(states)} | {("gone", "")}
        self.office.clock.forward(6 * DAY_MS)
        await self.office.house.sweeper.round(thorough=False)


def _good(answer: httpx.Response) -> dict[str, Any]:
    """The body of a success.  Raises `Refused` when the server could not do it."""
    if answer.status_code >= 500:
        raise Refused(answer.text)
    assert answer.status_code in (200, 204), answer.text
    return dict(answer.json()) if answer.content else {}
