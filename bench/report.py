"""Tables, printed as Markdown."""

import statistics
from collections.abc import Iterable
from typing import NamedTuple

Row = dict[str, str]


class Table(NamedTuple):
    """One part of the benchmark: its title, what it should reach, and its rows."""

    title: str
    goals: str
    rows: list[Row]

    def show(self) -> str:
        """The table as text."""
        names = list(self.rows[0]) if self.rows else []
        widths = {n: max(len(n), *(len(row[n]) for row in self.rows)) for n in names}
        lines = [
            "| " + " | ".join(n.ljust(widths[n]) for n in names) + " |",
            "| " + " | ".join("-" * widths[n] for n in names) + " |",
            *(
                "| " + " | ".join(row[n].ljust(widths[n]) for n in names) + " |"
                for row in self.rows
            ),
        ]
        return "\n".join([f"## {self.title}", "", f"To reach: {self.goals}.", "", *lines, ""])


def median(values: Iterable[float]) -> float:
    """The median of what was measured."""
    return statistics.median(list(values))


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
