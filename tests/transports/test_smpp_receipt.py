from datetime import UTC, datetime

import pytest

from postroom.model.receipts import fold, spellings
from postroom.model.traffic import Report
from postroom.transports.smpp import receipt
from postroom.transports.smpp.fields import Tag
from postroom.transports.smpp.receipt import Receipt, parse

NOON = datetime(2026, 1, 5, 12, 1, tzinfo=UTC)

FORMATS = [
    "id:{} sub:001 dlvrd:001 submit date:2601051200 done date:2601051201 stat:DELIVRD err:000 "
    "text:Hello",
    "id:{} sub:001 dlvrd:001 submit date:260105120000 done date:260105120100 stat:DELIVRD err:000 "
    "Text:",
    "id:{} submit date:20260105120000 done date:20260105120100 stat:DELIVRD err:0 text:",
    "id:{} submit date:202601051200 done date:202601051201 stat:DELIVRD err:0",
    "ID:{} SUB:1 DLVRD:1 SUBMIT DATE:2601051200 DONE DATE:2601051201 STAT:DELIVRD ERR:0 TEXT:id:9",
    "id: {} sub: 001 dlvrd: 001 submit date: 2601051200 done date: 2601051201 stat: DELIVRD err: 0",
    "id:{} sub:001 dlvrd:001 submit_date:2601051200 done_date:2601051201 stat:delivrd err:000",
    "stat:DELIVRD err:000 done date:2601051201 id:{} sub:001",
    "id:{}\nsub:001\ndone date:2601051201\nstat:DELIVRD\nerr:000\ntext:stat:UNDELIV",
    "id={} donedate=2601051201 stat=DELIVERED err=0",
    "id:{} done date:2026-01-05 12:01:00 stat:DELIVRD err:",
    "message id:{};done date:2601051201;stat:DELIVRD;err:000;text:",
]


@pytest.mark.parametrize("layout", FORMATS)
@pytest.mark.parametrize(
    ("answered", "spelled"),
    [
        ("0A1B2C3D", "0A1B2C3D"),
        ("0A1B2C3D", "0a1b2c3d"),
        ("0A1B2C3D", "169552957"),
        ("169552957", "A1B2C3D"),
        ("169552957", "0000169552957"),
        ("3F2504E0-4F89-41D3-9A0C-0305E82C3301", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
    ],
)
def test_a_receipt_is_read_in_every_dialect(layout: str, answered: str, spelled: str) -> None:
    read = parse(layout.format(spelled), {})

    assert read == Receipt(spelled, Report.DELIVERED, None, NOON)
    assert fold(answered) in spellings(read.id)


def test_the_id_in_the_tlv_wins_over_the_text() -> None:
    tlvs: dict[int, bytes] = {Tag.RECEIPTED_MESSAGE_ID: b"0A1B\0", Tag.MESSAGE_STATE: b"\2"}

    assert parse("id:2587 stat:ENROUTE", tlvs)[:2] == ("0A1B", Report.DELIVERED)
    assert parse("", tlvs)[:2] == ("0A1B", Report.DELIVERED)


def test_an_empty_tlv_says_nothing() -> None:
    tlvs: dict[int, bytes] = {Tag.RECEIPTED_MESSAGE_ID: b"\0", Tag.MESSAGE_STATE: b""}

    assert parse("id:2587 stat:DELIVRD", tlvs)[:2] == ("2587", Report.DELIVERED)


@pytest.mark.parametrize(
    ("word", "number", "report", "error"),
    [
        ("DELIVRD", 2, Report.DELIVERED, None),
        ("EXPIRED", 3, Report.FAILED, "SMS-CAR-410"),
        ("DELETED", 4, Report.FAILED, "SMS-CAR-500"),
        ("UNDELIV", 5, Report.FAILED, "SMS-CAR-500"),
        ("REJECTD", 8, Report.FAILED, "SMS-CAR-431"),
        ("SKIPPED", 9, Report.FAILED, "SMS-CAR-500"),
        ("ENROUTE", 1, Report.UNDERWAY, None),
        ("ACCEPTD", 6, Report.UNDERWAY, None),
        ("UNKNOWN", 7, Report.UNDERWAY, None),
        ("SCHEDULED", 0, Report.UNDERWAY, None),
        ("whatever", 77, Report.UNDERWAY, None),
    ],
)
def test_a_state_is_read_as_a_word_and_as_a_number(
    word: str, number: int, report: Report, error: str | None
) -> None:
    assert parse(f"id:1 stat:{word}", {})[1:3] == (report, error)
    assert parse("id:1", {Tag.MESSAGE_STATE: bytes((number,))})[1:3] == (report, error)


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("001", "SMS-CAR-411"),
        ("27", "SMS-CAR-412"),
        ("00b", "SMS-CAR-500"),
        ("999", "SMS-CAR-500"),
        ("", "SMS-CAR-500"),
        ("9" * 50, "SMS-CAR-500"),
    ],
)
def test_the_network_error_explains_what_was_not_delivered(error: str, shown: str) -> None:
    assert parse(f"id:1 stat:UNDELIV err:{error}", {}).delivery_error == shown


def test_the_network_error_of_the_tlv_wins_over_the_text() -> None:
    tlvs: dict[int, bytes] = {Tag.NETWORK_ERROR_CODE: b"\3\0\1"}

    assert parse("id:1 stat:UNDELIV err:027", tlvs).delivery_error == "SMS-CAR-411"


def test_a_delivered_message_has_no_error_whatever_err_says() -> None:
    assert parse("id:1 stat:DELIVRD err:027", {}).delivery_error is None


def test_an_empty_field_does_not_take_the_next_one() -> None:
    assert parse("id: sub:001 stat: err:000", {}) == Receipt("", Report.UNDERWAY, None, None)


def test_what_the_message_says_is_no_part_of_the_receipt() -> None:
    assert parse("id:1 stat:ENROUTE text:id:2 stat:DELIVRD done date:2601051201", {}) == Receipt(
        "1", Report.UNDERWAY, None, None
    )


@pytest.mark.parametrize("date", ["", "yesterday", "26010512", "2613321299", "99999999999999"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert parse(f"id:1 done date:{date} stat:DELIVRD", {}).done_at is None


def test_the_clock_of_the_message_centre_is_put_right() -> None:
    read = parse("id:1 done date:2601051401 stat:DELIVRD", {}, utc_offset=7200)

    assert read.done_at == NOON


def test_only_a_text_with_an_id_and_a_state_looks_like_a_receipt() -> None:
    assert receipt.looks_like_one("id:1 stat:DELIVRD")
    assert not receipt.looks_like_one("my id: 1")
    assert not receipt.looks_like_one("Hello")
