"""SMPP 3.4 in tables: commands, statuses, optional parameters, and the fields of each PDU.

Source: SMPP 3.4 §4, §5.
"""

from enum import IntEnum
from typing import Final, NamedTuple

ANSWER: Final = 0x8000_0000
"""The bit that makes a command the answer to another one."""


class Command(IntEnum):
    """What a PDU is."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    GENERIC_NACK = 0x8000_0000
    BIND_RECEIVER_RESP = 0x8000_0001
    BIND_TRANSMITTER_RESP = 0x8000_0002
    SUBMIT_SM_RESP = 0x8000_0004
    DELIVER_SM_RESP = 0x8000_0005
    UNBIND_RESP = 0x8000_0006
    BIND_TRANSCEIVER_RESP = 0x8000_0009
    ENQUIRE_LINK_RESP = 0x8000_0015
    DATA_SM_RESP = 0x8000_0103


class Tag(IntEnum):
    """The optional parameters (TLVs) that we read or write."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class EsmClass(IntEnum):
    """The bits of `esm_class`: the type of a message, and whether a UDH leads its octets."""

    MESSAGE_TYPE = 0x3C
    DELIVERY_RECEIPT = 0x04
    DELIVERY_ACKNOWLEDGEMENT = 0x08
    INTERMEDIATE_NOTIFICATION = 0x20
    UDH = 0x40


class Kind(IntEnum):
    """How a field lies in the octets."""

    INTEGER = 1
    """One octet."""
    TEXT = 2
    """A C-octet string: ended by NUL, which its largest length includes."""
    OCTETS = 3
    """One octet of length, then so many octets."""


class Field(NamedTuple):
    """One mandatory field; `most` octets when we write it."""

    name: str
    kind: Kind
    most: int = 1


READ_LIMIT: Final = 256
"""Read texts may be longer than the standard allows, since some SMSCs write them so."""

_BIND: Final = (
    Field("system_id", Kind.TEXT, 16),
    Field("password", Kind.TEXT, 9),
    Field("system_type", Kind.TEXT, 13),
    Field("interface_version", Kind.INTEGER),
    Field("addr_ton", Kind.INTEGER),
    Field("addr_npi", Kind.INTEGER),
    Field("address_range", Kind.TEXT, 41),
)
_BIND_ANSWER: Final = (Field("system_id", Kind.TEXT, 16),)
_ADDRESSES: Final = (
    Field("service_type", Kind.TEXT, 6),
    Field("source_addr_ton", Kind.INTEGER),
    Field("source_addr_npi", Kind.INTEGER),
    Field("source_addr", Kind.TEXT, 21),
    Field("dest_addr_ton", Kind.INTEGER),
    Field("dest_addr_npi", Kind.INTEGER),
    Field("destination_addr", Kind.TEXT, 21),
    Field("esm_class", Kind.INTEGER),
)
_SHORT_MESSAGE: Final = (
    *_ADDRESSES,
    Field("protocol_id", Kind.INTEGER),
    Field("priority_flag", Kind.INTEGER),
    Field("schedule_delivery_time", Kind.TEXT, 17),
    Field("validity_period", Kind.TEXT, 17),
    Field("registered_delivery", Kind.INTEGER),
    Field("replace_if_present_flag", Kind.INTEGER),
    Field("data_coding", Kind.INTEGER),
    Field("sm_default_msg_id", Kind.INTEGER),
    Field("short_message", Kind.OCTETS, 254),
)
_DATA: Final = (
    *_ADDRESSES,
    Field("registered_delivery", Kind.INTEGER),
    Field("data_coding", Kind.INTEGER),
)
_ACCEPTED: Final = (Field("message_id", Kind.TEXT, 65),)

FIELDS: Final[dict[Command, tuple[Field, ...]]] = {
    Command.BIND_RECEIVER: _BIND,
    Command.BIND_TRANSMITTER: _BIND,
    Command.BIND_TRANSCEIVER: _BIND,
    Command.BIND_RECEIVER_RESP: _BIND_ANSWER,
    Command.BIND_TRANSMITTER_RESP: _BIND_ANSWER,
    Command.BIND_TRANSCEIVER_RESP: _BIND_ANSWER,
    Command.SUBMIT_SM: _SHORT_MESSAGE,
    Command.DELIVER_SM: _SHORT_MESSAGE,
    Command.DATA_SM: _DATA,
    Command.SUBMIT_SM_RESP: _ACCEPTED,
    Command.DELIVER_SM_RESP: _ACCEPTED,
    Command.DATA_SM_RESP: _ACCEPTED,
    Command.OUTBIND: (Field("system_id", Kind.TEXT, 16), Field("password", Kind.TEXT, 9)),
    Command.ALERT_NOTIFICATION: (
        Field("source_addr_ton", Kind.INTEGER),
        Field("source_addr_npi", Kind.INTEGER),
        Field("source_addr", Kind.TEXT, 65),
        Field("esme_addr_ton", Kind.INTEGER),
        Field("esme_addr_npi", Kind.INTEGER),
        Field("esme_addr", Kind.TEXT, 65),
    ),
    Command.UNBIND: (),
    Command.UNBIND_RESP: (),
    Command.ENQUIRE_LINK: (),
    Command.ENQUIRE_LINK_RESP: (),
    Command.GENERIC_NACK: (),
}
