"""The golden PDUs, and the shortest way to a PDU or a message of one's own."""

from pathlib import Path

from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.traffic import Submission
from postroom.transports.smpp import pdu as codec
from postroom.transports.smpp.fields import Command
from postroom.transports.smpp.pdu import Pdu, ShortMessage
from postroom.transports.smpp.settings import SmppSettings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = SmppSettings(
    name="acme", host="127.0.0.1", port=2775, system_id="postroom", password="secret"
)


def golden() -> dict[str, bytes]:
    """The PDUs of `tests/golden/smpp_pdus.txt` by name."""
    lines = (ROOT / "tests/golden/smpp_pdus.txt").read_text().splitlines()
    named = (line.split() for line in lines if not line.startswith("#"))
    return {name: bytes.fromhex(octets) for name, octets in named}


def read(octets: bytes) -> Pdu:
    """The one PDU in these octets."""
    [pdu] = codec.frames(bytearray(octets))
    return pdu


def read_message(octets: bytes) -> ShortMessage:
    """The body of a `submit_sm`, `deliver_sm` or `data_sm`."""
    return codec.read_short_message(read(octets))


def message_body(octets: bytes) -> ShortMessage:
    """The same from the octets behind the header of a `submit_sm`."""
    return codec.read_short_message(Pdu(command=Command.SUBMIT_SM, sequence=1, body=octets))


def submission(text: str = "Hello", *, segments_done: int = 0, id: int = 4711) -> Submission:
    """An SMS from 101 to the world."""
    return Submission(
        account_id=AccountId(1),
        extension_id=ExtensionId(1),
        message_id=MessageId(id),
        sender="+16505550101",
        recipient="+14155550123",
        text=text,
        segments_done=segments_done,
    )
