"""Whatever the order in which answers and receipts come, a message ends the same."""

import asyncio
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.model.message import MessageStatus
from postroom.model.traffic import Report, Submitted
from postroom.store.database import Store, StoreSettings, migrate
from tests.mailbox.carrying import carrying, claim, now, parked, queue, quiet, receipt
from tests.store import office

TEXTS = {1: "Hello", 2: "x" * 300, 3: "x" * 400}
SPELLED = (str, lambda id: f"00{id}", lambda id: format(int(id), "X"), lambda id: f"0x{int(id):x}")


class Said(NamedTuple):
    """A receipt for one segment, in one of the spellings."""

    segment: int
    report: Report
    spelling: int


Event = Said | Literal["answer", "restart"]


class Play(NamedTuple):
    """What a carrier does with a message of so many segments; each has one final fate."""

    segments: int
    events: list[Event]


@st.composite
def plays(draw: st.DrawFn) -> Play:
    count = draw(st.integers(1, 3))
    fates = draw(
        st.lists(
            st.sampled_from([Report.DELIVERED, Report.DELIVERED, Report.FAILED]),
            min_size=count,
            max_size=count,
        )
    )
    events: list[Event] = ["answer"]
    for segment, fate in enumerate(fates):
        kinds = draw(st.lists(st.sampled_from([fate, Report.UNDERWAY]), max_size=3))
        events += [Said(segment, kind, draw(st.integers(0, 3))) for kind in kinds]
    events += draw(st.lists(st.just("restart"), max_size=1))
    return Play(count, draw(st.permutations(events)))


def expected(play: Play) -> MessageStatus:
    """What the final receipts say, whenever they came."""
    said = (event for event in play.events if isinstance(event, Said))
    final = {s.segment: s.report for s in said if s.report is not Report.UNDERWAY}
    if Report.FAILED in final.values():
        return MessageStatus.DELIVERY_FAILED
    return MessageStatus.DELIVERED if len(final) == play.segments else MessageStatus.SENT


async def perform(store: Store, play: Play) -> MessageStatus:
    """Act a play; a restart before the answer would make it another one."""
    ids = [str(1_000_000_000 + 97 * number) for number in range(play.segments)]
    id = await queue(store, TEXTS[play.segments])
    events = list(play.events)
    while events:
        async with carrying(store, holder=f"node {len(events)}") as ledger:
            entries = await claim(ledger)
            while events:
                match events.pop(0):
                    case "answer":
                        ledger.finish(entries[0], Submitted(ids=tuple(ids)))
                    case "restart" if "answer" not in events:
                        await quiet(ledger)
                        break
                    case Said(segment, report, spelling):
                        said = SPELLED[spelling](ids[segment])
                        await ledger.reported(receipt(said, report))
                    case _:
                        continue
            await quiet(ledger)
    assert await parked(store) == []
    return (await now(store, id)).status


async def _played(folder: str, play: Play) -> MessageStatus:
    where = StoreSettings(path=Path(folder) / "postroom.db")
    await migrate(where)
    store = Store(where)
    await store.open()
    try:
        await office.furnish(store)
        return await perform(store, play)
    finally:
        await store.close()


@given(plays())
@settings(max_examples=60, deadline=None)
def test_a_message_ends_the_same_in_whatever_order_things_happen(play: Play) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ended = asyncio.run(_played(folder, play))

    assert ended is expected(play)


def test_the_oracle_knows_when_nothing_is_proved() -> None:
    assert expected(Play(2, ["answer", Said(0, Report.DELIVERED, 0)])) is MessageStatus.SENT
