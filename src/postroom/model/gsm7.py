"""The GSM 03.38 default alphabet and its extension table, one septet per octet.

    0x00-0x7F  BASIC[octet], except 0x1B
    0x1B XX    EXTENSION[XX]: one character, two septets

SMPP carries septets unpacked, each in an octet of its own; packing them is the SMSC's work.

Source: 3GPP TS 23.038 §6.2.1.
"""

import re
from typing import Final

ESCAPE: Final = 0x1B

BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

EXTENSION: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

_SEPTETS: Final = {ord(char): chr(code) for code, char in enumerate(BASIC) if code != ESCAPE} | {
    ord(char): chr(ESCAPE) + chr(code) for code, char in EXTENSION.items()
}
_ALPHABET: Final = frozenset(map(chr, _SEPTETS))
_CHARACTERS: Final = dict(enumerate(BASIC))
_EXTENDED: Final = {BASIC[code]: char for code, char in EXTENSION.items()}
_ESCAPED: Final = re.compile("\x1b(.?)", re.DOTALL)

_PLAIN: Final = bytes(code for code, octets in _SEPTETS.items() if code < 128 and len(octets) == 1)
_FROM_ASCII: Final = bytes(ord(_SEPTETS[code]) if code in _PLAIN else code for code in range(256))


def is_plain(text: str) -> bool:
    """Whether every character is ASCII and takes one septet; cheap, and true of most messages."""
    return text.isascii() and not text.encode("ascii").translate(None, _PLAIN)


def encode(text: str) -> bytes | None:
    """The septets of `text`, or `None` when a character is outside of the alphabet."""
    if is_plain(text):
        return text.encode("ascii").translate(_FROM_ASCII)
    if not _ALPHABET.issuperset(text):
        return None
    return text.translate(_SEPTETS).encode("latin-1")


def decode(octets: bytes) -> str:
    """The text of unpacked septets; anything is readable.

    An escape before a code that the extension table lacks leaves the basic character, an escape
    before another one or at the end is a space.  Octets above 0x7F, which careless senders use,
    are read as ISO 8859-1.
    """
    return _ESCAPED.sub(_extended, octets.decode("latin-1").translate(_CHARACTERS))


def _extended(found: re.Match[str]) -> str:
    basic = found[1]
    return " " if basic in ("", chr(ESCAPE)) else _EXTENDED.get(basic, basic)
