"""How a carrier's id of a segment may be spelled, so that a receipt finds what it is about.

An SMSC may answer `submit_sm` with one spelling and send the receipt with another: hexadecimal
here and decimal there, zeros in front, another letter case.

    said first      said later     found by
    0A1B2C3D        a1b2c3d        letter case and zeros: `fold`
    0a1b2c3d        169552957      decimal of hexadecimal
    169552957       A1B2C3D        hexadecimal of decimal

Only the first kind is sure; the others count where carrier and both addresses agree.
"""

import re
from typing import Final

LONGEST_NUMBER: Final = 64
"""An id of more digits is taken as a word, not as a number."""

_HEXADECIMAL: Final = re.compile(rf"[0-9a-f]{{1,{LONGEST_NUMBER}}}", re.ASCII)
_DECIMAL: Final = re.compile(rf"[0-9]{{1,{LONGEST_NUMBER}}}", re.ASCII)


def fold(id: str) -> str:
    """The canonical spelling: lower case, without `0x`, zeros in front, blanks and NULs.

    No id at all stays empty.
    """
    written = id.strip(" \t\r\n\0").lower()
    return written.removeprefix("0x").lstrip("0") or written[-1:]


def spellings(id: str) -> tuple[str, ...]:
    """Every canonical spelling under which the id may have been given, the likeliest first.

    Compare them with `fold` of the ids that were given.
    """
    folded = fold(id)
    found = [folded]
    if _DECIMAL.fullmatch(folded):
        found.append(format(int(folded), "x"))
    if _HEXADECIMAL.fullmatch(folded):
        found.append(str(int(folded, 16)))
    return tuple(dict.fromkeys(found))
