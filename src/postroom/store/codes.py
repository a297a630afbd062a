"""The small integers that stand for enumerations in the database.

The order is for ever: new members are added at the end.
"""

from enum import Enum
from typing import Generic, TypeVar

from postroom.model.company import Role, Usage
from postroom.model.extension import ExtensionStatus, ExtensionType
from postroom.model.message import Availability, Direction, MessageStatus, MessageType, ReadStatus
from postroom.model.report import ReportStatus
from postroom.model.traffic import Alphabet, Report

E = TypeVar("E", bound=Enum)


class Codes(Generic[E]):
    """Both ways between the members of an enumeration and their numbers."""

    def __init__(self, *members: E) -> None:
        self.members = members
        self.numbers = {member: number for number, member in enumerate(members)}

    def __getitem__(self, member: E) -> int:
        return self.numbers[member]

    def member(self, number: int) -> E:
        """The member behind a stored number."""
        return self.members[number]


TYPE = Codes(MessageType.SMS, MessageType.PAGER, MessageType.FAX, MessageType.VOICEMAIL)
DIRECTION = Codes(Direction.INBOUND, Direction.OUTBOUND)
AVAILABILITY = Codes(Availability.ALIVE, Availability.DELETED, Availability.PURGED)
READ_STATUS = Codes(ReadStatus.READ, ReadStatus.UNREAD)
STATUS = Codes(
    MessageStatus.RECEIVED,
    MessageStatus.QUEUED,
    MessageStatus.SENT,
    MessageStatus.SENDING_FAILED,
    MessageStatus.DELIVERED,
    MessageStatus.DELIVERY_FAILED,
)
EXTENSION_TYPE = Codes(ExtensionType.USER, ExtensionType.VOICEMAIL, ExtensionType.DEPARTMENT)
EXTENSION_STATUS = Codes(
    ExtensionStatus.ENABLED,
    ExtensionStatus.DISABLED,
    ExtensionStatus.FROZEN,
    ExtensionStatus.NOT_ACTIVATED,
)
ROLE = Codes(Role.MEMBER, Role.MANAGER)
USAGE = Codes(Usage.MAIN, Usage.COMPANY, Usage.DIRECT)
ALPHABET = Codes(Alphabet.GSM7, Alphabet.UCS2, Alphabet.LATIN1, Alphabet.ASCII, Alphabet.BINARY)
REPORT = Codes(Report.DELIVERED, Report.FAILED, Report.UNDERWAY)
REPORT_STATUS = Codes(*ReportStatus)


class ChangeKind(Enum):
    """What a row of `change` tells of a mailbox."""

    CREATED = 0
    UPDATED = 1
    JOINED = 2
    """`subject_id` is a department that the owner of the mailbox was put into."""
    LEFT = 3
    """`subject_id` is a department, or a conversation, that the owner was taken out of."""
    FORGOTTEN = 4
