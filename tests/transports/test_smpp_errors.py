import pytest

from postroom.model.traffic import Fate
from postroom.transports.smpp import errors
from postroom.transports.smpp.status import Status


@pytest.mark.parametrize(
    ("status", "fate", "delivery_error"),
    [
        (Status.RTHROTTLED, Fate.TEMPORARY, "SMS-UP-500"),
        (Status.RMSGQFUL, Fate.TEMPORARY, "SMS-UP-500"),
        (Status.RSYSERR, Fate.TEMPORARY, "SMS-UP-500"),
        (Status.RX_T_APPN, Fate.TEMPORARY, "SMS-UP-500"),
        (Status.RINVDSTADR, Fate.PERMANENT, "SMS-UP-410"),
        (Status.RINVDSTTON, Fate.PERMANENT, "SMS-UP-410"),
        (Status.RINVSRCADR, Fate.PERMANENT, "SMS-UP-414"),
        (Status.RINVMSGLEN, Fate.PERMANENT, "SMS-UP-432"),
        (Status.RINVDCS, Fate.PERMANENT, "SMS-UP-433"),
        (Status.RSUBMITFAIL, Fate.PERMANENT, "SMS-UP-500"),
        (0x4A1, Fate.PERMANENT, "SMS-UP-500"),
        (0xFFFFFFFF, Fate.PERMANENT, "SMS-UP-500"),
    ],
)
def test_a_status_decides_the_fate(status: int, fate: Fate, delivery_error: str) -> None:
    failure = errors.refusal(status)

    assert (failure.fate, failure.delivery_error) == (fate, delivery_error)
    assert not failure.not_bound


def test_a_session_that_may_not_submit_is_not_bound() -> None:
    assert errors.refusal(Status.RINVBNDSTS).not_bound


def test_every_negative_status_of_the_standard_has_a_meaning() -> None:
    assert set(errors.MEANINGS) == set(Status) - {Status.ROK}


def test_only_what_is_slowed_down_for_is_temporary_by_the_table() -> None:
    assert all(errors.MEANINGS[status].fate is Fate.TEMPORARY for status in errors.SLOW_DOWN)


def test_the_reason_names_the_status_as_the_standard_does() -> None:
    assert errors.refusal(0x58).reason == "ESME_RTHROTTLED (0x58)"
    assert errors.refusal(0x4A1).reason == "command_status 0x4A1"
