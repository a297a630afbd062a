"""Tokens and parameters: whatever is wrong has the documented refusal."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from postroom.model.ids import AccountId, ExtensionId
from postroom.model.sync import Frame, Place, SyncToken
from postroom.store.commands import Steps, one
from postroom.store.statements import Statement, arg
from postroom.store.tables import mailbox
from postroom.wire import sync_tokens
from tests.office import V1, Office, refusal
from tests.sync.copies import Copy, begun

KEY = b"k" * 32
TRIM = Statement(
    update(mailbox)
    .values(trimmed_number=arg("number"))
    .where(mailbox.c.account_id == arg("account_id"), mailbox.c.extension_id == arg("id"))
)
TOKEN = SyncToken(
    account_id=AccountId(2**53 - 1),
    extension_id=ExtensionId(7),
    frame=Frame(date_from_ms=-(2**45), since_ms=5),
    place=Place(number=2**40, taken_ms=1_800_000_000_000),
)


@given(st.one_of(st.text(), st.text("-_AZaz09="), st.binary().map(lambda b: b.decode("latin-1"))))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert sync_tokens.decode(text, KEY) is None


@given(st.data())
@settings(max_examples=500)
def test_a_token_that_was_damaged_anywhere_is_none(data: st.DataObject) -> None:
    good = sync_tokens.encode(TOKEN, KEY)
    place = data.draw(st.integers(0, len(good) - 2))
    other = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda c: c != good[place]))

    assert sync_tokens.decode(good[:place] + other + good[place + 1 :], KEY) is None
    assert sync_tokens.decode(good[:place], KEY) is None


def test_a_token_says_what_was_put_into_it_to_who_has_the_key() -> None:
    text = sync_tokens.encode(TOKEN, KEY)

    assert sync_tokens.decode(text, KEY) == TOKEN
    assert sync_tokens.decode(text, b"x" * 32) is None
    assert text.replace("-", "").replace("_", "").isalnum()


async def full_sync_is_required(copy: Copy, token: str, **more: Any) -> bool:
    answer = await copy.ask(syncType="ISync", syncToken=token, **more)
    [error] = answer.json()["errors"]
    named = error["parameterName"] == "syncToken"
    return named and refusal(answer) == (400, "MSG-333")


async def test_a_foreign_or_damaged_token_wants_a_full_synchronization(office: Office) -> None:
    mine, other = await begun(office, 102), await begun(office, 103)

    for token in ("garbage", "AQEAAAAAAwAA", "\x00", "ü", "x" * 5000, other.token, mine.token[:-1]):
        assert await full_sync_is_required(mine, token), token
    path = f"{V1}/account/~/extension/{office.id(102)}/message-sync"
    answer = await office.call(101, "GET", path, params={"syncToken": mine.token})
    assert answer.status_code == 200


async def test_a_token_of_another_frame_wants_a_full_synchronization(office: Office) -> None:
    copy = await begun(office, 102, messageType=["SMS", "Pager"])

    assert await full_sync_is_required(copy, copy.token, messageType="SMS")
    assert await full_sync_is_required(copy, copy.token, distinctConversations="true")
    assert await full_sync_is_required(copy, copy.token, dateTo="2026-01-01")
    assert await copy.changed(messageType=["Pager", "SMS"]) == []


async def test_a_token_older_than_the_log_wants_a_full_synchronization(office: Office) -> None:
    copy = await begun(office, 102)
    old = copy.token
    await office.page(101, 102)
    await office.page(101, 102)
    await copy.changed()
    account, owner = office.company.account_id, office.id(102)

    def trim(number: int) -> Steps[None]:
        yield from one(TRIM, account_id=account, id=owner, number=number)

    token = sync_tokens.decode(copy.token, office.house.counter.sync_key)
    assert isinstance(token, SyncToken)
    await office.house.store.transact(lambda: trim(token.place.number))

    assert await full_sync_is_required(copy, old)
    assert await copy.changed() == []


async def test_a_token_of_a_future_that_was_lost_wants_a_full_synchronization(
    office: Office,
) -> None:
    copy = await begun(office, 102)
    token = sync_tokens.decode(copy.token, office.house.counter.sync_key)
    assert isinstance(token, SyncToken)
    late = SyncToken(
        account_id=token.account_id,
        extension_id=token.extension_id,
        frame=token.frame,
        place=Place(number=token.place.number + 1, taken_ms=0),
    )

    text = sync_tokens.encode(late, office.house.counter.sync_key)

    assert await full_sync_is_required(copy, text)


BAD = [
    ("syncType", "Sync"),
    ("dateFrom", "yesterday"),
    ("dateTo", "2026-02-30"),
    ("recordCount", "0"),
    ("recordCount", "-1"),
    ("recordCount", "many"),
    ("recordCount", "1" * 20),
    ("recordCountPerConversation", "0"),
    ("messageType", "Letter"),
    ("direction", "Sideways"),
    ("conversationId", "x"),
    ("conversationId", ",".join(map(str, range(51)))),
    ("distinctConversations", "perhaps"),
    ("owner", "Nobody"),
    ("voicemailOwner", "12x"),
    ("ownerExtensionType", "Robot"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_wrong_value_is_refused_by_its_name(office: Office, name: str, value: str) -> None:
    answer = await Copy(office, 102).ask(**{name: value})

    assert refusal(answer) == (400, "CMN-101")
    assert answer.json()["errors"][0]["parameterName"] == name


async def test_isync_without_a_token_and_fsync_with_one_are_refused(office: Office) -> None:
    copy = await begun(office, 102)

    for params in ({"syncType": "ISync"}, {"syncType": "FSync", "syncToken": copy.token}):
        answer = await copy.ask(**params)
        assert refusal(answer) == (400, "CMN-101")
        assert answer.json()["errors"][0]["parameterName"] == "syncToken"


async def test_a_token_without_a_type_means_isync(office: Office) -> None:
    copy = await begun(office, 102)

    assert (await copy.ask(syncToken=copy.token)).json()["syncInfo"]["syncType"] == "ISync"
    assert (await copy.ask()).json()["syncInfo"]["syncType"] == "FSync"
