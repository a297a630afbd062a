"""What the store counts anyway, shown in `/metrics`."""

from functools import partial

from postroom.observability import metrics
from postroom.store.database import Store


def watch(store: Store) -> None:
    """Show queue depths, batch sizes and commit times of a store."""
    stats = store.engine.stats
    metrics.batch_size.watch(lambda: stats.batch_size)
    metrics.commit_seconds.watch(lambda: stats.commit_seconds)
    for lane, name in enumerate(("requests", "bulk")):
        metrics.queue_depth.watch((name,), partial(_depth, store, lane))


def _depth(store: Store, lane: int) -> float:
    return float(sum(queue.depths()[lane] for queue in store.queues))
