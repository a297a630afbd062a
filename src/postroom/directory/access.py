"""What an access token stands for: remembered, and asked again when it may no longer be true.

Source: wire.md 1.6; write-path.md, nothing is answered from memory alone.
"""

import re
from collections import OrderedDict
from collections.abc import Callable

from postroom.directory.companies import Companies
from postroom.directory.tokens import digest
from postroom.model.access import Identity, implied
from postroom.model.errors import Unauthorized
from postroom.model.extension import ExtensionStatus
from postroom.store import sessions
from postroom.store.commands import Steps, one
from postroom.store.database import Store
from postroom.store.sessions import FIND_TOKEN, Found, Kind, found_of

REMEMBERED = 50_000
LONGEST_TOKEN = 4096
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may be made of."""


class Access:
    """Tells what tokens stand for; `remembered` tokens are kept, the least used are forgotten."""

    def __init__(
        self,
        store: Store,
        companies: Companies,
        clock: Callable[[], int],
        remembered: int = REMEMBERED,
    ) -> None:
        self.store, self.companies, self.clock = store, companies, clock
        self._remembered = remembered
        self._known: OrderedDict[bytes, Identity] = OrderedDict()

    def peek(self, token: str) -> Identity | None:
        """What is known of a token, if that is as new as the company at hand."""
        hash = digest(token)
        known = self._known.get(hash)
        if known is None:
            return None
        company = self.companies.cached(known.account_id)
        is_current = company is not None and company.session_version == known.session_version
        if is_current and known.expires_ms > self.clock():
            self._known.move_to_end(hash)
            return known
        return None

    async def identify(self, token: str) -> Identity:
        """What a token stands for now, as the database says.

        Raises `Unauthorized`, with the code that says why.
        """
        if len(token) > LONGEST_TOKEN or not TOKEN.fullmatch(token):
            raise Unauthorized("Access token cannot be parsed", "OAU-149")
        hash = digest(token)
        rows = await self.store.look(FIND_TOKEN, hash=hash)
        if not rows:
            self._known.pop(hash, None)
            raise Unauthorized("Token not found", "OAU-213")
        found = found_of(rows[0])
        try:
            check(found, self.clock())
        except Unauthorized:
            self._known.pop(hash, None)
            raise
        if found.used_ms is None:
            await self._use(hash)
        return self._remember(hash, found)

    async def _use(self, hash: bytes) -> None:
        """Note the first use of a token that replaced another one: the old one's days end."""
        now = self.clock()

        def steps() -> Steps[None]:
            yield from one(sessions.USE_TOKEN, hash=hash, now=now)

        await self.store.transact(steps)

    def _remember(self, hash: bytes, found: Found) -> Identity:
        identity = Identity(
            session_id=found.session.id,
            account_id=found.session.account_id,
            extension_id=found.session.extension_id,
            client_id=found.session.client_id,
            scopes=implied(frozenset(found.session.scopes)),
            expires_ms=found.expires_ms,
            session_version=found.session_version,
        )
        self._known[hash] = identity
        self._known.move_to_end(hash)
        if len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return identity


def check(found: Found, now: int) -> None:
    """Raises `Unauthorized` when a token does not open anything, or no longer."""
    if found.kind is not Kind.ACCESS or found.revoked_ms is not None:
        raise Unauthorized("Token not found", "OAU-213")
    if found.expires_ms <= now:
        raise Unauthorized("Access token expired", "OAU-128")
    if found.status is None:
        raise Unauthorized("Extension not found", "OAU-136")
    if found.status is not ExtensionStatus.ENABLED:
        raise Unauthorized(f"Extension is {found.status} and may not log in", "OAU-141")
