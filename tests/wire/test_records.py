"""A message goes into a line and comes out of it as it was, whatever its text."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model.ids import MAX_ID, AccountId, ConversationId, ExtensionId, MessageId
from postroom.model.message import (
    Attachment,
    Availability,
    Direction,
    Message,
    MessageStatus,
    MessageType,
    Party,
    ReadStatus,
)
from postroom.wire import times
from postroom.wire.records import Damaged, Kept, kept_of, line_of, read_line, record_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
TIMES = st.integers(times.EARLIEST, times.LATEST)
SMALL = st.integers(0, 2**15 - 1)
PARTIES = st.builds(Party, name=st.none() | TEXTS, phone_number=st.none() | TEXTS)
ATTACHMENTS = st.builds(
    Attachment,
    number=SMALL,
    kind=TEXTS,
    content_type=TEXTS,
    key=st.just("key"),
    size=st.integers(0, 2**63 - 1),
    file_name=st.none() | TEXTS,
)


def spelled(value: object) -> str:
    return msgspec.json.encode(value).decode()


MESSAGES = st.builds(
    Message,
    account_id=st.just(AccountId(1)),
    extension_id=st.just(ExtensionId(2)),
    id=st.integers(1, MAX_ID).map(MessageId),
    type=st.sampled_from(MessageType),
    direction=st.sampled_from(Direction),
    status=st.sampled_from(MessageStatus),
    created_ms=TIMES,
    modified_ms=TIMES,
    sender=PARTIES.map(spelled),
    recipients=st.lists(PARTIES, max_size=3).map(spelled),
    subject=TEXTS,
    read_status=st.sampled_from(ReadStatus),
    availability=st.sampled_from(Availability),
    conversation_id=st.none() | st.integers(0, 2**63 - 1).map(ConversationId),
    own=st.none() | TEXTS,
    peer=st.none() | TEXTS,
    to_department=st.booleans(),
    segments=st.none() | SMALL,
    attempts=SMALL,
    delivered_ms=st.none() | TIMES,
    delivery_error=st.none() | TEXTS,
    attachments=st.lists(ATTACHMENTS, max_size=2, unique_by=lambda one: one.number).map(tuple),
)
KEPT = st.builds(Kept, message=MESSAGES, changed_ms=TIMES, uncertain=st.booleans())


@given(KEPT)
def test_a_message_comes_out_as_it_went_in(kept: Kept) -> None:
    numbers = [one.number for one in kept.message.attachments]
    line = line_of(record_of(kept, dict.fromkeys(numbers, "a" * 64)))

    read = kept_of(read_line(line), AccountId(1), ExtensionId(2), dict.fromkeys(numbers, "key"))

    assert read == kept
    assert line.count(b"\n") == 1
    assert line == line_of(record_of(read, dict.fromkeys(numbers, "a" * 64)))


@given(KEPT, st.data())
def test_no_octet_of_a_line_can_be_changed_unnoticed(kept: Kept, data: st.DataObject) -> None:
    line = bytearray(line_of(record_of(kept, {})))
    place = data.draw(st.integers(0, len(line) - 2))
    line[place] = data.draw(st.integers(0, 255).filter(lambda one: one != line[place]))

    try:
        assert line_of(read_line(bytes(line))) == line_of(record_of(kept, {}))
    except Damaged:
        return


@pytest.mark.parametrize("line", [b"", b"\n", b"{}", b"[]", b"\xff", b"null", b'{"sha256":"x"}'])
def test_what_is_no_line_is_damaged(line: bytes) -> None:
    with pytest.raises(Damaged):
        read_line(line)


def test_a_line_is_json_for_everybody() -> None:
    message = Message(
        account_id=AccountId(1),
        extension_id=ExtensionId(2),
        id=MessageId(3),
        type=MessageType.SMS,
        direction=Direction.INBOUND,
        status=MessageStatus.RECEIVED,
        created_ms=0,
        modified_ms=1,
        sender='{"phoneNumber":"+14155550123"}',
        recipients="[]",
    )

    read = json.loads(line_of(record_of(Kept(message=message, changed_ms=2, uncertain=False), {})))

    assert read["message"]["creationTime"] == "1970-01-01T00:00:00.000Z"
    assert read["message"]["from"] == {"phoneNumber": "+14155550123"}
