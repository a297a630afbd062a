"""How an SMS is cut into segments for the air, and how its octets become text again.

A segment carries 140 octets.  A message of several gives up some octets of each to the UDH (user
data header) that tells the handset how to join them: 6 with an 8-bit reference, 7 with 16 bits.

    alphabet   single   each of several
    GSM-7      160      153 (152)        septets, an extension character takes two
    UCS-2      70       67 (66)          UTF-16 units, a surrogate pair takes two

Source: 3GPP TS 23.040 §9.2.3.24.1, 3GPP TS 23.038 §6.2.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from postroom.model import gsm7
from postroom.model.traffic import Alphabet

AIR_OCTETS: Final = 140
UDH8_OCTETS: Final = 6
UDH16_OCTETS: Final = 7
SINGLE_SEPTETS: Final = AIR_OCTETS * 8 // 7
ALWAYS_SINGLE: Final = AIR_OCTETS // 4
"""So many characters fit into one segment whatever they are."""
REPLACEMENT: Final = "\ufffd"

_SEPTETS_EACH: Final = (AIR_OCTETS - UDH8_OCTETS) * 8 // 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A text as it goes on the air.

    `octets` holds one entry per segment, without any header: GSM-7 unpacked, UCS-2 big endian.
    """

    alphabet: Alphabet
    reference: int
    octets: tuple[bytes, ...]


def cut(
    text: str, reference: int, *, header: int = UDH8_OCTETS, alphabet: Alphabet | None = None
) -> Segments:
    """Cut `text` so that an extension character or a surrogate pair is never divided.

    `reference` is handed through; `header` octets of each of several segments are left free.
    GSM-7 is taken where it suffices, unless `alphabet` says UCS2.
    """
    septets = None if alphabet is Alphabet.UCS2 else gsm7.encode(text)
    if septets is not None:
        each = (AIR_OCTETS - header) * 8 // 7
        pieces = _pieces(septets, SINGLE_SEPTETS, each, _ends_in_escape)
        return Segments(alphabet=Alphabet.GSM7, reference=reference, octets=pieces)
    units = text.encode("utf-16-be", "surrogatepass")
    each = (AIR_OCTETS - header) // 2 * 2
    pieces = _pieces(units, AIR_OCTETS, each, _ends_in_high_surrogate)
    return Segments(alphabet=Alphabet.UCS2, reference=reference, octets=pieces)


def count(text: str) -> int:
    """How many segments `cut` makes with its default header: the API's `segmentCount`."""
    if len(text) <= ALWAYS_SINGLE:
        return 1
    if gsm7.is_plain(text):
        return 1 if len(text) <= SINGLE_SEPTETS else -(-len(text) // _SEPTETS_EACH)
    return len(cut(text, 0).octets)


def reference_of(id: int) -> int:
    """A 16-bit reference number for a message, always the same one.

    Mixed, because the low bits of an id are mostly a small sequence number, and handsets that
    join by 8 bits would take two messages for one.
    """
    return (id * 0x9E37_79B9_7F4A_7C15 >> 48) & 0xFFFF


def decode(octets: bytes, alphabet: Alphabet) -> str:
    """The text of octets from the air; join the segments of a long message first.

    Never fails: what is no character (a lone surrogate, half a unit, NUL, which PostgreSQL
    refuses) becomes U+FFFD.  ASCII and BINARY are read as ISO 8859-1, which loses nothing.
    """
    return _DECODERS[alphabet](octets).replace("\0", REPLACEMENT)


def _pieces(
    octets: bytes, single: int, each: int, ends_inside: Callable[[bytes], int]
) -> tuple[bytes, ...]:
    if len(octets) <= single:
        return (octets,)
    pieces, start = [], 0
    while start < len(octets):
        piece = octets[start : start + each]
        if start + each < len(octets):
            piece = piece[: len(piece) - ends_inside(piece)]
        pieces.append(piece)
        start += len(piece)
    return tuple(pieces)


def _ends_in_escape(piece: bytes) -> int:
    return int(piece[-1] == gsm7.ESCAPE)


def _ends_in_high_surrogate(piece: bytes) -> int:
    return 2 * int(piece[-2] & 0xFC == 0xD8)


def _ucs2(octets: bytes) -> str:
    return octets.decode("utf-16-be", "replace")


def _latin1(octets: bytes) -> str:
    return octets.decode("latin-1")


_DECODERS: Final[dict[Alphabet, Callable[[bytes], str]]] = {
    Alphabet.GSM7: gsm7.decode,
    Alphabet.UCS2: _ucs2,
    Alphabet.LATIN1: _latin1,
    Alphabet.ASCII: _latin1,
    Alphabet.BINARY: _latin1,
}
