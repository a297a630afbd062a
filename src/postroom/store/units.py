"""What stands in the writer's queue, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from postroom.model.filing import Filing
from postroom.model.ids import AccountId
from postroom.model.marking import Marked, Marking, Outcome
from postroom.store.commands import Steps


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction of its own making: anything that is neither filing nor marking.

    `steps` begins it; it may be begun again after a failure, so it must not keep state outside.
    `account_id` is the account that it burdens, when there is one.
    """

    steps: Callable[[], Steps[Any]]
    account_id: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Several outcomes that are written together with a piece of outbox work.

    `steps` runs in the same transaction after the outcomes, with what became of them.
    """

    outcomes: tuple[Outcome, ...]
    steps: Callable[[list[Marked]], Steps[None]] | None = None


Unit = Filing | Marking | Outcomes | Work


class Filed:
    """A filing is durable."""

    __slots__ = ()


FILED = Filed()
Result = Filed | list[Marked] | Exception | Any
