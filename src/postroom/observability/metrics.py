"""The process in numbers, for `/metrics`: plain counting on the way, all the work when asked.

    metrics.requests.add(("POST /sms", 200))
    metrics.queue_depth.watch(("requests",), queue.qsize)
    metrics.batch_size.watch(lambda: stats.batch_size)

A counter is a number in a dictionary and belongs to one thread.  What a room counts anyway is not
counted twice: `watch` reads it when somebody looks.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

Labels = tuple[str | int, ...]

CONTENT_TYPE = CONTENT_TYPE_LATEST
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

REGISTRY = CollectorRegistry()


class Distribution(Protocol):
    """How often which size was seen: one count per upper bound, one more for what is beyond."""

    @property
    def bounds(self) -> Sequence[float]:
        """The upper bounds, ascending."""
        ...

    @property
    def counts(self) -> Sequence[int]:
        """How many values fell under each bound and not under the one before."""
        ...

    @property
    def total(self) -> float:
        """The sum of all values."""
        ...


class Tally:
    """A distribution to count into."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Counter(Collector):
    """A number per labels that only grows."""

    def __init__(self, name: str, sentence: str, *labels: str) -> None:
        self.name, self.sentence, self.labels = name, sentence, labels
        self.values: dict[Labels, int] = {}
        self.watched: dict[Labels, Callable[[], int]] = {}
        REGISTRY.register(self)

    def add(self, labels: Labels = (), by: int = 1) -> None:
        """Count; `labels` in the order of the declaration."""
        self.values[labels] = self.values.get(labels, 0) + by

    def watch(self, labels: Labels, read: Callable[[], int]) -> None:
        """Read a number that a room counts anyway."""
        self.watched[labels] = read

    def collect(self) -> Iterator[Metric]:
        """The family, for prometheus."""
        family = CounterMetricFamily(self.name, self.sentence, labels=self.labels)
        watched = {labels: read() for labels, read in self.watched.items()}
        for labels, value in (self.values | watched).items():
            family.add_metric(_texts(labels), value)
        yield family


class Gauge(Collector):
    """A number per labels that goes up and down."""

    def __init__(self, name: str, sentence: str, *labels: str) -> None:
        self.name, self.sentence, self.labels = name, sentence, labels
        self.watched: dict[Labels, Callable[[], float]] = {}
        REGISTRY.register(self)

    def watch(self, labels: Labels, read: Callable[[], float]) -> None:
        """Ask `read` whenever somebody looks; it must not wait for anything."""
        self.watched[labels] = read

    def set(self, labels: Labels, value: float) -> None:
        """Show this value from now on."""
        self.watched[labels] = lambda: value

    def forget(self, labels: Labels) -> None:
        """Show nothing for these labels any more."""
        self.watched.pop(labels, None)

    def collect(self) -> Iterator[Metric]:
        """The family, for prometheus."""
        family = GaugeMetricFamily(self.name, self.sentence, labels=self.labels)
        for labels, read in list(self.watched.items()):
            family.add_metric(_texts(labels), read())
        yield family


class Histogram(Collector):
    """How often which size was seen."""

    def __init__(self, name: str, sentence: str, bounds: Sequence[float]) -> None:
        self.name, self.sentence = name, sentence
        self.tally = Tally(bounds)
        self.read: Callable[[], Distribution] = lambda: self.tally
        self.observe = self.tally.observe
        REGISTRY.register(self)

    def watch(self, read: Callable[[], Distribution]) -> None:
        """Read a distribution that a room keeps anyway, instead of the own tally."""
        self.read = read

    def collect(self) -> Iterator[Metric]:
        """The family, for prometheus, which wants running sums."""
        seen = self.read()
        bounds = [*map(str, seen.bounds), "+Inf"]
        family = HistogramMetricFamily(self.name, self.sentence)
        family.add_metric([], list(zip(bounds, accumulate(seen.counts), strict=True)), seen.total)
        yield family


def _texts(labels: Labels) -> list[str]:
    return [str(label) for label in labels]


def exposition() -> bytes:
    """Everything in the text format of Prometheus; its type is `CONTENT_TYPE`."""
    return generate_latest(REGISTRY)


requests = Counter("postroom_requests", "Requests answered.", "endpoint", "status")
rate_limited = Counter("postroom_rate_limited", "Requests answered with 429.", "group")

queue_depth = Gauge("postroom_queue_depth", "Writes that wait for a batch.", "lane")
batch_size = Histogram("postroom_batch_size", "Writes in one commit.", SIZES)
commit_seconds = Histogram("postroom_commit_seconds", "Seconds of a commit: the fsync.", SECONDS)

outbox_depth = Gauge("postroom_outbox_depth", "Submissions that wait for a carrier.")
outbox_age = Gauge("postroom_outbox_oldest_seconds", "Age of the oldest waiting submission.")

carrier_bound = Gauge("postroom_carrier_bound", "Whether the link is up.", "carrier")
carrier_in_flight = Gauge("postroom_carrier_in_flight", "Segments without an answer.", "carrier")
carrier_submitted = Counter("postroom_carrier_submitted", "Segments accepted.", "carrier")
carrier_failed = Counter("postroom_carrier_failed", "Segments not accepted.", "carrier", "fate")

dropped = Counter("postroom_dropped_sms", "SMS accepted and stored nowhere.", "reason")
swept = Counter("postroom_swept_messages", "Messages that moved on unasked.", "step", "reason")
erased = Counter("postroom_erased_objects", "Objects erased after a purge, or without a message.")
