"""The user data header in front of a segment's octets.

    05 00 03 RR TT NN        6 octets: 8-bit reference, total, number
    06 08 04 RR RR TT NN     7 octets: 16-bit reference

Source: 3GPP TS 23.040 §9.2.3.24.
"""

from typing import Final

from postroom.model.traffic import Part

CONCATENATED_8: Final = 0x00
CONCATENATED_16: Final = 0x08
_REFERENCE_OCTETS: Final = {CONCATENATED_8: 1, CONCATENATED_16: 2}


def header(part: Part, element: int) -> bytes:
    """The header of one segment; the reference loses what its octets cannot hold."""
    octets = _REFERENCE_OCTETS[element]
    reference = (part.reference & (1 << 8 * octets) - 1).to_bytes(octets)
    body = bytes((element, octets + 2)) + reference + bytes((part.total, part.number))
    return bytes((len(body),)) + body


def split(octets: bytes) -> tuple[Part | None, bytes]:
    """The segment that a header announces, if any, and the octets behind the header.

    Other information elements (ports, fonts) are dropped.  A header longer than the octets is
    none: they are handed back whole.
    """
    if not octets or octets[0] >= len(octets):
        return None, octets
    end = 1 + octets[0]
    return _part(octets[1:end]), octets[end:]


def plausible(reference: int, total: int, number: int) -> Part | None:
    """A segment of several, or `None` when it is the only one or the numbers are nonsense."""
    if total < 2 or not 1 <= number <= total:
        return None
    return Part(reference=reference, total=total, number=number)


def _part(elements: bytes) -> Part | None:
    """The last concatenation that can be read, as the standard wants."""
    found, at = None, 0
    while at + 2 <= len(elements):
        element, length = elements[at], elements[at + 1]
        value = elements[at + 2 : at + 2 + length]
        octets = _REFERENCE_OCTETS.get(element)
        if octets and len(value) == length == octets + 2:
            found = plausible(int.from_bytes(value[:octets]), value[-2], value[-1]) or found
        at += 2 + length
    return found
