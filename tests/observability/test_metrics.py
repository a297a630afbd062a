from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from postroom.observability import metrics


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, float]]:
    monkeypatch.setattr(metrics, "REGISTRY", CollectorRegistry())

    def samples() -> dict[str, float]:
        families = text_string_to_metric_families(metrics.exposition().decode())
        return {
            ",".join([sample.name, *sample.labels.values()]): sample.value
            for family in families
            for sample in family.samples
        }

    return samples


Read = Callable[[], dict[str, float]]


def test_counters_count_per_labels(read: Read) -> None:
    requests = metrics.Counter("requests", "Requests.", "endpoint", "status")

    requests.add(("POST /sms", 200))
    requests.add(("POST /sms", 200))
    requests.add(("POST /sms", 400))

    assert read() == {"requests_total,POST /sms,200": 2, "requests_total,POST /sms,400": 1}


def test_what_a_room_counts_anyway_is_read_when_somebody_looks(read: Read) -> None:
    waiting = [1, 2]
    metrics.Gauge("depth", "Depth.", "lane").watch(("bulk",), lambda: len(waiting))
    metrics.Counter("sent", "Sent.").watch((), lambda: len(waiting))
    assert read() == {"depth,bulk": 2, "sent_total": 2}

    waiting.append(3)

    assert read() == {"depth,bulk": 3, "sent_total": 3}


def test_a_gauge_forgets_what_is_gone(read: Read) -> None:
    bound = metrics.Gauge("bound", "Bound.", "carrier")
    bound.set(("acme",), 1)
    bound.set(("umbrella",), 0)
    assert read() == {"bound,acme": 1, "bound,umbrella": 0}

    bound.forget(("acme",))

    assert read() == {"bound,umbrella": 0}


def test_a_histogram_counts_up_to_and_including_each_bound(read: Read) -> None:
    size = metrics.Histogram("size", "Size.", (1, 2, 4))

    for value in (1, 2, 2, 9):
        size.observe(value)

    assert read() == {
        "size_bucket,1": 1,
        "size_bucket,2": 3,
        "size_bucket,4": 3,
        "size_bucket,+Inf": 4,
        "size_count": 4,
        "size_sum": 14,
    }


def test_a_histogram_can_show_what_a_room_keeps(read: Read) -> None:
    kept = metrics.Tally((0.5,))
    metrics.Histogram("seconds", "Seconds.", (1.0,)).watch(lambda: kept)

    kept.observe(0.25)

    assert read()["seconds_bucket,0.5"] == 1
    assert read()["seconds_sum"] == 0.25


def test_everything_that_operators_need_has_a_metric() -> None:
    text = metrics.exposition().decode()

    for name in (
        *("requests_total", "rate_limited_total", "queue_depth", "batch_size", "commit_seconds"),
        *("outbox_depth", "outbox_oldest_seconds", "carrier_bound", "carrier_in_flight"),
        *("carrier_submitted_total", "carrier_failed_total", "dropped_sms_total"),
    ):
        assert f"# TYPE postroom_{name} " in text
