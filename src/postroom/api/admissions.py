"""Who was let in before comes in again, as long as nothing has changed since.

What an admission rests on is the company as it was read, its session version included, and a token
that has not expired: while the company is the very same value, asking again gives the same answer.
Source: write-path.md, nothing is answered from memory alone; the commit or the read that follows
compares the versions.
"""

from collections.abc import Callable
from typing import Any

from postroom.api.call import Call
from postroom.api.endpoint import Freshness
from postroom.directory.companies import Companies
from postroom.model.access import Caller, Identity
from postroom.model.ids import ExtensionId

KEPT = 10_000
FIRST = Freshness.FIRST


class Admissions:
    """Callers by their `Authorization` header, the endpoint, and whom its path names."""

    def __init__(self, companies: Companies, clock: Callable[[], int]) -> None:
        self.companies, self.clock = companies, clock
        self._kept: dict[tuple[str | None, ...], tuple[Caller, ExtensionId]] = {}

    def again(self, call: Call[Any, Any]) -> Identity | None:
        """Admit who was admitted before; `None` where it has to be looked at anew.

        So it is where the directory has to be made fresh first.
        """
        if call.endpoint.freshness is FIRST:
            return None
        known = self._kept.get(_key(call))
        if known is None:
            return None
        caller, owner = known
        asking = caller.identity
        if asking.expires_ms <= self.clock():
            return None
        if self.companies.cached(asking.account_id) is not caller.company:
            return None
        call.caller, call.owner = caller, owner
        return asking

    def keep(self, call: Call[Any, Any]) -> None:
        """Remember an admission; one by a token in the query is not worth it."""
        if "authorization" in call.headers:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[_key(call)] = (call.caller, call.owner)


def _key(call: Call[Any, Any]) -> tuple[str | None, ...]:
    path = call.path
    return (
        call.headers.get("authorization"),
        call.endpoint.operation,
        path.get("accountId"),
        path.get("extensionId"),
    )
