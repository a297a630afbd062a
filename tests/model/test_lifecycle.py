"""The life of a message, and what may become of one that was sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.model import delivery, lifecycle
from postroom.model.lifecycle import Step
from postroom.model.message import Availability, MessageStatus

ORDER = [Availability.ALIVE, Availability.DELETED, Availability.PURGED, None]
FINAL = (
    MessageStatus.SENDING_FAILED,
    MessageStatus.DELIVERED,
    MessageStatus.DELIVERY_FAILED,
    MessageStatus.RECEIVED,
)


@given(st.lists(st.sampled_from(Step)))
def test_only_restoring_leads_back_and_nothing_leads_back_from_purged(steps: list[Step]) -> None:
    now: Availability | None = Availability.ALIVE
    for step in steps:
        if now is None or not lifecycle.allows(now, step):
            continue
        then = lifecycle.after(now, step)
        went_back = ORDER.index(then) < ORDER.index(now)
        assert went_back == (step is Step.RESTORE and now is Availability.DELETED)
        assert now is not Availability.PURGED or then is None
        now = then


def test_where_a_step_may_begin_is_what_the_table_allows() -> None:
    for step in Step:
        starts = lifecycle.starts(step)
        assert {a for a in Availability if lifecycle.allows(a, step)} == set(starts)


def test_a_step_that_the_table_has_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        lifecycle.after(Availability.PURGED, Step.RESTORE)


@given(st.lists(st.sampled_from(MessageStatus)))
def test_a_final_status_is_never_left(reports: list[MessageStatus]) -> None:
    now = MessageStatus.QUEUED
    for then in reports:
        if delivery.may_become(now, then):
            assert now not in FINAL
            now = then
    assert now is not MessageStatus.RECEIVED


def test_a_guess_is_lifted_by_a_receipt_and_by_nothing_else() -> None:
    failed = MessageStatus.SENDING_FAILED

    assert delivery.may_become(failed, MessageStatus.DELIVERED, uncertain=True)
    assert not delivery.may_become(failed, MessageStatus.DELIVERED)
    assert not delivery.may_become(failed, MessageStatus.QUEUED, uncertain=True)
    assert not delivery.may_become(MessageStatus.DELIVERED, failed, uncertain=True)


def test_what_may_stand_before_is_the_table_read_backwards() -> None:
    for then in MessageStatus:
        before = delivery.before(then)
        assert [now for now in MessageStatus if delivery.may_become(now, then)] == [
            now for now in MessageStatus if now in before
        ]
