"""Searching: on both engines the same as looking at every text in Python."""

import asyncio
from collections.abc import Sequence
from contextlib import closing

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.errors import InvalidParameter
from postroom.model.ids import AccountId, ExtensionId, MessageId
from postroom.model.lifecycle import Step
from postroom.model.marking import Marking
from postroom.model.words import FILLER, REPEATS, Term, terms_of, words_of
from postroom.store import indexing, searching
from postroom.store.database import Store
from postroom.store.pages import count_statement, page_statement
from postroom.store.searching import COUNT_HITS
from postroom.store.shapes import Shape
from postroom.workers.indexing import Indexing
from tests.store.office import NOW, filing, furnish, message


def has(words: Sequence[str], term: Term) -> bool:
    """Whether the words of a term stand in a text, one behind the other."""
    length = len(term.words)
    return any(
        tuple(words[at : at + length - 1]) == term.words[:-1]
        and (
            words[at + length - 1].startswith(term.words[-1])
            if term.is_prefix
            else words[at + length - 1] == term.words[-1]
        )
        for at in range(len(words) - length + 1)
    )


def matches(text: str, terms: Sequence[Term]) -> bool:
    """The model of a search."""
    return all(has(words_of(text), term) for term in terms)


async def found(store: Store, search: str, *, extension: int = 1, few: bool = True) -> set[int]:
    """The ids that a search finds, in one of its two ways."""
    arguments = searching.arguments(1, extension, terms_of(search))
    shape = Shape(alive_only=True, hits=few, holds=not few)
    rows = await store.fetch(
        page_statement(shape),
        account_id=1,
        extension_id=extension,
        **arguments,
        limit=1000,
        offset=0,
    )
    return {row[5] for row in rows if row[3] is not None}


TEXTS = (
    "Hello World",
    "hello, wörld! Straße",
    "Don't panic",
    "don t",
    "e-mail ada@example.com now",
    "café CAFÉ cafe\u0301",
    "東京都に住む",
    "京都",
    "ラーメン 食べたい",
    "party 🎉🎉 tonight",
    "👩‍👩‍👧 family",
    "x'y\"z; DROP TABLE message; -- * & | ! <->",
    "NEAR(a b) AND OR NOT words:foo ^a {b}",
    "a " * 400 + "b",
    "नमस्ते दुनिया",
    "สวัสดีครับ",
    "İstanbul ĳ ﬁne ½",
    "1,234.56 +16505550101",
    "w" * 60,
    "",
    "!!!",
    "hello hello world hello",
)
SEARCHES = (
    "hello",
    "HELLO world",
    '"hello world"',
    '"world hello"',
    "wor*",
    "wor",
    "strasse",
    "don't",
    '"don t',
    "ada@example.com",
    "example*",
    "cafe",
    "京都",
    "東京",
    "都*",
    "ラー",
    "🎉",
    "👩",
    "drop table",
    "near(",
    "not",
    '"a b"',
    "a b",
    "नमस्ते",
    "สวัสดี",
    "fine istanbul",
    "1234",
    "1,234",
    "16505550101",
    "w" * 40,
    "w" * 70,
    "w*",
    "*hello*",
    "x'y",
)


@pytest.fixture
async def indexed(store: Store) -> Store:
    """A mailbox with every text, indexed, beside others."""
    await furnish(store, extensions=2, accounts=2)
    for n, text in enumerate(TEXTS):
        await store.file(filing(message(1, text=text, id=100 + n)))
    await store.file(filing(message(2, text="hello elsewhere", id=100)))
    other = message(1, account=2, text="hello world elsewhere", id=101)
    await store.file(filing(other, account=2))
    assert await Indexing(store).step() == len(TEXTS) + 2
    return store


async def test_a_search_finds_what_the_model_finds(indexed: Store) -> None:
    for search in SEARCHES:
        terms = terms_of(search)
        expected = {100 + n for n, text in enumerate(TEXTS) if matches(text, terms)}

        assert await found(indexed, search) == expected, search
        assert await found(indexed, search, few=False) == expected, search


async def test_any_search_is_safe_and_finds_what_the_model_finds(indexed: Store) -> None:
    loop = asyncio.get_running_loop()
    alphabet = st.sampled_from(
        [*"ab hello wörld*\"'()&|!:-<>^{}\\%_,.;", "東", "京", "🎉", "\u0301"]
    )

    @given(st.text(alphabet, max_size=12) | st.text(max_size=8))
    def check(search: str) -> None:
        try:
            terms = terms_of(search)
        except InvalidParameter:
            return
        expected = {100 + n for n, text in enumerate(TEXTS) if matches(text, terms)}
        for few in (True, False):
            future = asyncio.run_coroutine_threadsafe(found(indexed, search, few=few), loop)
            assert future.result() == expected

    await asyncio.to_thread(check)


def test_an_empty_search_is_refused() -> None:
    for search in ("", " ", "*", '"', '""', "!?", "\u0301", "-" * 500, "x" * 1001, "1 2 3 " * 20):
        if search.startswith("1"):
            search = " ".join(map(str, range(40)))
        with pytest.raises(InvalidParameter):
            terms_of(search)


def test_the_places_of_a_word_that_comes_too_often_are_not_kept() -> None:
    words = words_of("a " * 300)

    assert words.count("a") == REPEATS
    assert words.count(FILLER) == 300 - REPEATS
    assert FILLER not in terms_of(f"x{FILLER}y")[0].words


def marking(*ids: int, step: Step) -> Marking:
    """A step of some messages of mailbox 1."""
    return Marking(
        account_id=AccountId(1),
        extension_id=ExtensionId(1),
        version=1,
        ids=tuple(map(MessageId, ids)),
        now_ms=NOW,
        step=step,
    )


async def test_what_is_purged_leaves_the_index(indexed: Store) -> None:
    await indexed.mark(marking(100, step=Step.ERASE))
    await Indexing(indexed).step()

    assert 100 not in await found(indexed, "hello")
    arguments = searching.arguments(1, 1, terms_of("hello"))
    [[left, _]] = await indexed.fetch(
        COUNT_HITS, account_id=1, extension_id=1, **arguments, limit=1000
    )
    assert left == sum(matches(text, terms_of("hello")) for text in TEXTS[1:])


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_octets_of_a_purged_text_are_not_in_the_file(store: Store) -> None:
    await furnish(store)
    secret = "Xylophonquartett"
    texts = [f"message {n} of many" for n in range(400)]
    texts[200] = f"some words and {secret} and more"
    for n, text in enumerate(texts):
        await store.file(filing(message(1, text=text, id=100 + n)))
    await Indexing(store).step()
    assert secret.lower().encode() in octets(store)

    await store.mark(marking(300, step=Step.ERASE))
    await Indexing(store).step()

    assert secret.lower().encode() not in octets(store)
    assert secret.encode() not in octets(store)


def octets(store: Store) -> bytes:
    """The database file, with all of its log in it."""
    path = store.settings.path
    assert path is not None
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


async def test_two_nodes_index_everything_once(store: Store) -> None:
    await furnish(store)
    copies = [message(1 + n % 3, text=f"word{n}") for n in range(450)]
    await store.file(filing(*copies))

    done = await asyncio.gather(*(Indexing(store).step() for _ in range(4)))
    rest = await Indexing(store).step()

    assert sum(done) + rest == 450
    for copy in copies[::50]:
        assert await found(store, copy.subject, extension=copy.extension_id) == {copy.id}


async def test_a_mailbox_whose_changes_were_trimmed_is_walked(store: Store) -> None:
    await furnish(store)
    copies = [message(1, text=f"old{n}") for n in range(450)]
    await store.file(filing(*copies))
    lag = indexing.Lag(1, 1, 450, 300, 0, -1)

    while True:
        await store.transact(lambda lag=lag: indexing.follow([lag]))  # type: ignore[misc]
        rows = await store.fetch(indexing.BEHIND, limit=10)
        if not rows:
            break
        lag = indexing.Lag(*rows[0])

    assert lag.behind > 0
    for n in (0, 199, 200, 449):
        assert await found(store, f"old{n}") == {copies[n].id}


async def test_counting_knows_the_filters(indexed: Store) -> None:
    shape = Shape(alive_only=True, hits=True)
    arguments = searching.arguments(1, 1, terms_of("hello"))

    rows = await indexed.fetch(
        count_statement(shape), account_id=1, extension_id=1, **arguments, limit=2
    )

    assert rows[0][0] == 2
