"""How a list is read: which statement, by which index, and what the counters know already."""

from typing import Any

from postroom.model.company import Company
from postroom.model.ids import ExtensionId
from postroom.model.listing import Listing
from postroom.model.message import Availability, Direction, MessageType, ReadStatus
from postroom.store import codes, counters, searching
from postroom.store.pages import Head
from postroom.store.shapes import Shape, kind_arguments, talk_arguments

MERGED = 16
"""So many kinds, or conversations, are merged; more of them are filtered."""
MOST = 4
"""A list that takes a fourth of all messages or more is read in their order."""
EARLIEST = -(2**62)
ALIVE = (Availability.ALIVE,)
Kind = tuple[int, int, int, int]


def plan(
    company: Company, owner: ExtensionId, wanted: Listing, opening: Head
) -> tuple[dict[str, Any], Shape]:
    """Arguments and shape of the statements that read the list."""
    kinds = _kinds(wanted, opening)
    number = len(wanted.conversations)
    stations = not (
        number or kinds or wanted.phone or wanted.terms or wanted.availabilities == ALIVE
    )
    talks = number if 1 < number <= MERGED and not (kinds or wanted.phone or wanted.terms) else 0
    shape = Shape(
        alive_only=wanted.availabilities == ALIVE,
        types=bool(wanted.types),
        directions=bool(wanted.directions),
        read_states=bool(wanted.read_states),
        conversations=number > 1 and not talks,
        conversation=number == 1,
        talks=talks,
        stations=stations,
        alive_too=stations and Availability.ALIVE in wanted.availabilities,
        date_from=stations or not reaches_back(wanted, opening),
        date_to=wanted.date_to_ms is not None,
        phone=wanted.phone is not None,
        distinct=wanted.distinct,
        closed=bool(opening.closed),
        kinds=len(kinds),
        unpurged=bool(wanted.terms) and Availability.PURGED in wanted.availabilities,
    )
    return {
        "account_id": company.account_id,
        "extension_id": owner,
        "availabilities": [codes.AVAILABILITY[one] for one in wanted.availabilities],
        "types": [codes.TYPE[one] for one in wanted.types],
        "directions": [codes.DIRECTION[one] for one in wanted.directions],
        "read_states": [codes.READ_STATUS[one] for one in wanted.read_states],
        "conversations": list(wanted.conversations),
        "conversation": wanted.conversations[0] if wanted.conversations else None,
        "date_from": EARLIEST if wanted.date_from_ms is None else wanted.date_from_ms,
        "date_to": wanted.date_to_ms,
        "phone": wanted.phone,
        "closed": [one.id for one in opening.closed],
        **kind_arguments(kinds),
        **talk_arguments(wanted.conversations[:talks]),
        **(searching.arguments(company.account_id, owner, wanted.terms) if wanted.terms else {}),
    }, shape


def _kinds(wanted: Listing, opening: Head) -> list[Kind]:
    """The exact kinds to merge, when the list takes only some of all that there are.

    A type and direction that the mailbox has never had is left out.  Read status and availability
    may change between two statements, so that all of them stay.
    """
    if wanted.conversations or wanted.phone:
        return []
    takes_some = wanted.types or wanted.directions or wanted.read_states
    if wanted.availabilities == ALIVE and (not takes_some or _is_most(wanted, opening)):
        return []
    read_states = wanted.read_states or tuple(ReadStatus)
    kinds = [
        (
            codes.TYPE[type_],
            codes.DIRECTION[direction],
            codes.READ_STATUS[read],
            codes.AVAILABILITY[a],
        )
        for type_ in wanted.types or MessageType
        for direction in wanted.directions or Direction
        if _has_any(opening, type_, direction)
        for read in read_states
        for a in wanted.availabilities
    ]
    return kinds if len(kinds) <= MERGED else []


def _is_most(wanted: Listing, opening: Head) -> bool:
    """Whether the newest of each conversation are soon found by walking through everything.

    A kind of which there is little would be walked to its end for conversations that it lacks.
    """
    if not wanted.distinct:
        return False
    alive = frozenset({codes.AVAILABILITY[Availability.ALIVE]})
    return _by_counters(wanted, opening) * MOST >= counters.total(
        opening.counters, availabilities=alive
    )


def _has_any(opening: Head, type_: MessageType, direction: Direction) -> bool:
    types, directions = {codes.TYPE[type_]}, {codes.DIRECTION[direction]}
    return bool(
        counters.total(opening.counters, types=frozenset(types), directions=frozenset(directions))
    )


def reaches_back(wanted: Listing, opening: Head) -> bool:
    """Whether the list begins at or before the mailbox's oldest message."""
    if wanted.date_from_ms is None:
        return True
    if wanted.availabilities != ALIVE:
        return False
    return opening.oldest_ms is None or wanted.date_from_ms <= opening.oldest_ms


def is_plain(wanted: Listing, opening: Head) -> bool:
    """Whether nothing but the availability is filtered, and that is Alive."""
    return wanted.availabilities == ALIVE and not (
        wanted.types
        or wanted.directions
        or wanted.read_states
        or wanted.conversations
        or wanted.phone
        or wanted.terms
        or wanted.date_to_ms is not None
        or not reaches_back(wanted, opening)
    )


def counted(wanted: Listing, opening: Head) -> int | None:
    """The total by the mailbox's counters, where they can tell it."""
    if _by_counters(wanted, opening) == 0:
        return 0
    if wanted.conversations or wanted.phone or wanted.distinct or wanted.date_to_ms is not None:
        return None
    if wanted.terms or not reaches_back(wanted, opening):
        return None
    hidden = _hidden(wanted, opening)
    return None if hidden is None else _by_counters(wanted, opening) - hidden


def _by_counters(wanted: Listing, opening: Head) -> int:
    """How many there are of the kinds, whatever else is filtered."""
    return counters.total(
        opening.counters,
        types=_codes(codes.TYPE, wanted.types),
        directions=_codes(codes.DIRECTION, wanted.directions),
        read_states=_codes(codes.READ_STATUS, wanted.read_states),
        availabilities=_codes(codes.AVAILABILITY, wanted.availabilities),
    )


def _codes(table: Any, members: tuple[Any, ...]) -> frozenset[int] | None:
    return frozenset(table[member] for member in members) if members else None


def _hidden(wanted: Listing, opening: Head) -> int | None:
    """How many of the counted messages stand in closed conversations, which are all pages."""
    if not opening.closed or (wanted.types and MessageType.PAGER not in wanted.types):
        return 0
    if wanted.availabilities != ALIVE:
        return None
    if not wanted.directions and not wanted.read_states:
        return sum(one.alive for one in opening.closed)
    if wanted.directions == (Direction.INBOUND,) and wanted.read_states == (ReadStatus.UNREAD,):
        return sum(one.unread for one in opening.closed)
    return None


def without_conversation(opening: Head) -> int:
    """How many Alive messages are of a type that has no conversations."""
    types = (codes.TYPE[MessageType.FAX], codes.TYPE[MessageType.VOICEMAIL])
    return counters.total(
        opening.counters,
        types=frozenset(types),
        availabilities=frozenset({codes.AVAILABILITY[Availability.ALIVE]}),
    )
