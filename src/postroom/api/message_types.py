"""The `type` of a deletion: one of the channels, all of them, or the texts among them.

Source: wire.md 2.6, 2.7.
"""

from postroom.model.errors import InvalidParameter
from postroom.model.message import MessageType

TYPES: dict[str, tuple[MessageType, ...]] = {
    "All": (),
    "Text": (MessageType.SMS, MessageType.PAGER),
    **{one.value: (one,) for one in MessageType},
}


def types_of(given: str) -> tuple[MessageType, ...]:
    """The types that a deletion is bound to; none stands for all.

    Raises `InvalidParameter("type")`.
    """
    if given not in TYPES:
        raise InvalidParameter("type")
    return TYPES[given]
