import pytest

from postroom.model.ids import MessageId
from postroom.observability import journal, metrics

from .conftest import Written


def test_a_line_shows_ids_and_the_last_four_digits(written: Written) -> None:
    journal.sent(message_id=MessageId(7), sender="+16505550101", recipient="+14155550123")

    [line] = written.lines()
    assert line["event"] == "sent"
    assert line["message_id"] == 7
    assert line["sender"] == "…0101"
    assert line["recipient"] == "…0123"
    assert "1650" not in written.getvalue().decode()


def test_extension_numbers_are_shown_as_they_are() -> None:
    assert journal.masked("101") == "101"


def test_what_is_dropped_is_told_with_its_reason_and_counted(written: Written) -> None:
    before = metrics.dropped.values.get(("no such number",), 0)

    journal.dropped("no such number", recipient="+16505550199")

    assert written.lines()[0]["reason"] == "no such number"
    assert metrics.dropped.values["no such number",] == before + 1


def test_a_journal_that_is_switched_off_still_counts(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal.Journal, "enabled", False)
    before = metrics.dropped.values.get(("department",), 0)

    journal.dropped("department")

    assert written.lines() == []
    assert metrics.dropped.values["department",] == before + 1
