"""The protocols that carriers speak: bytes and sessions, no mailboxes, no transactions.

A *carrier* is a peer company, a *transport* the code that speaks its protocol.  A transport knows
only three ends of a submission (`model.traffic.Fate`), and it hands inbound traffic to `receive`,
which returns after the commit; only then may it answer the carrier positively.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from postroom.model.traffic import Submission, Submitted, Traffic


class TemporaryFailure(Exception):
    """Not now: the carrier shall bring it again later."""


class PermanentFailure(Exception):
    """Never: the carrier shall not bring it again."""


Receive = Callable[[Traffic], Awaitable[None]]
"""Takes what a carrier brings and returns once it is durable.

Raises `TemporaryFailure` or `PermanentFailure` when it was not taken.
"""


class Transport(Protocol):
    """One carrier's link, seen from the outbox."""

    name: str

    def free(self) -> int:
        """How many more submissions the link takes now: 0 when it is not bound."""
        ...

    def bound(self) -> bool:
        """Whether messages can be submitted now."""
        ...

    async def run(self, receive: Receive) -> None:
        """Hold the link, and bind again whenever it is lost, until cancelled; then unbind."""
        ...

    async def submit(self, submission: Submission) -> Submitted:
        """Hand over one SMS, all its segments; never raises for what a carrier does."""
        ...
