"""Texts as words, and a search as what they must be: the same for both stores.

A word is a run of letters and digits, without case and without accents; what is written without
spaces (Han, Kana, Thai and their like) is a word per character, and so is a symbol such as an
emoji.  Everything else separates.  Several words in one breath (`don't`, `ada@example.com`) and
words in quotes have to follow one another.
"""

import re
import unicodedata
from typing import NamedTuple

from postroom.model.errors import InvalidParameter

WORD_LENGTH = 40
WORDS = 4000
REPEATS = 255
"""How often a word's places in a text are kept: PostgreSQL keeps no more."""
FILLER = "\ue000"
"""Stands for a word whose place is not kept."""
SEARCH_LENGTH = 1000
TERMS = 32

_ALONE = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)
_CHUNK = re.compile(r'"([^"]*)"?|([^\s"]+)')


class Term(NamedTuple):
    """Words that stand one behind the other; of the last one it may be the beginning only."""

    words: tuple[str, ...]
    is_prefix: bool = False


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in order; the places of one that comes too often are fillers."""
    seen: dict[str, int] = {}
    words: list[str] = []
    for word in _split(text)[:WORDS]:
        seen[word] = seen.get(word, 0) + 1
        words.append(word if seen[word] <= REPEATS else FILLER)
    return tuple(words)


def terms_of(search: str) -> tuple[Term, ...]:
    """What a text must have, all of it.

    Raises `InvalidParameter("search")` when there is no word in it, or far too much.
    """
    if len(search) > SEARCH_LENGTH:
        raise InvalidParameter("search", f"it may have {SEARCH_LENGTH} characters")
    found: dict[Term, None] = {}
    for quoted, plain in _CHUNK.findall(search):
        words = tuple(_split(quoted or plain))
        if words:
            found[Term(words, is_prefix=plain.endswith("*"))] = None
    if not found:
        raise InvalidParameter("search", "there is no word in it")
    if len(found) > TERMS:
        raise InvalidParameter("search", f"it may have {TERMS} words")
    return tuple(found)


def _split(text: str) -> list[str]:
    return [word[:WORD_LENGTH] for word in "".join(map(_spaced, _folded(text))).split()]


def _folded(text: str) -> str:
    """Without case and accents; ASCII, which is most, has none."""
    if text.isascii():
        return text.lower()
    parted = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in parted if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", bare)


def _spaced(char: str) -> str:
    """A character as part of a word, as a word, or as what separates."""
    if _ALONE.match(char) and char.isalnum():
        return f" {char} "
    if char.isalnum():
        return char
    category = unicodedata.category(char)
    if category == "Mc":
        return char
    return f" {char} " if category == "So" else " "
