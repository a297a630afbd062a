"""Who holds a carrier's link, or anything else that only one node may do at a time.

    take ── beat ── beat ── ... ── release
      └── fence: the number of the taking; who holds an older one writes nothing any more

Clocks of machines are never compared.  A lease may be taken when it was released, or when
whoever watches it has heard no beat for its whole life, by the watcher's own monotonic clock.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Text, select, update

from postroom.store.commands import Steps, many, one
from postroom.store.statements import Row, Statement, among, arg, insertion
from postroom.store.tables import lease


class LeaseLost(Exception):
    """Somebody else holds it now: nothing more may be written in its name."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """One lease as it was read; `beats` tells a renewed one from a silent one.

    `bound` is what the holder says of its link.  `until_ms` is for people only.
    """

    name: str
    holder: str = ""
    fence: int = 0
    beats: int = 0
    until_ms: int = 0
    bound: bool = False

    @property
    def is_free(self) -> bool:
        """Whether nobody holds it."""
        return not self.holder


_COLUMNS = [lease.c[name] for name in Lease.__struct_fields__]
_NAME, _HOLDER = arg("name", Text()), arg("holder", Text())
_OURS = (lease.c.name == _NAME, lease.c.holder == _HOLDER, lease.c.fence == arg("fence"))

READ = Statement(select(*_COLUMNS).where(among(lease.c.name, "names")))
INSERT = insertion(lease, ["name", "holder", "fence", "beats", "until_ms"], ignore=True)
TAKE = Statement(
    update(lease)
    .values(
        holder=_HOLDER,
        fence=lease.c.fence + arg("one"),
        beats=lease.c.beats + arg("one"),
        until_ms=arg("until"),
        bound=arg("bound"),
    )
    .where(
        lease.c.name == _NAME,
        lease.c.fence == arg("seen_fence"),
        lease.c.beats == arg("seen_beats"),
    )
    .returning(*_COLUMNS)
)
BEAT = Statement(
    update(lease)
    .values(beats=lease.c.beats + arg("one"), until_ms=arg("until"), bound=arg("bound"))
    .where(*_OURS)
    .returning(lease.c.beats)
)
RELEASE = Statement(
    update(lease)
    .values(holder=arg("nobody", Text()), beats=lease.c.beats + arg("one"), bound=arg("bound"))
    .where(*_OURS)
)
CHECK = Statement(select(lease.c.fence).where(*_OURS).with_for_update(read=True))


def read(row: Row) -> Lease:
    """A lease from its row."""
    name, holder, fence, beats, until_ms, bound = row
    return Lease(
        name=name, holder=holder, fence=fence, beats=beats, until_ms=until_ms, bound=bool(bound)
    )


def make(names: Sequence[str]) -> Steps[None]:
    """Have a row for each name, free where it is new."""
    yield from many(INSERT, [(name, "", 0, 0, 0) for name in sorted(names)])


def take(seen: Lease, holder: str, until_ms: int) -> Steps[Lease | None]:
    """Take a lease that is still as it was seen; `None` when somebody was quicker."""
    rows = yield from one(
        TAKE,
        name=seen.name,
        holder=holder,
        seen_fence=seen.fence,
        seen_beats=seen.beats,
        until=until_ms,
        one=1,
        bound=0,
    )
    return read(rows[0]) if rows else None


def beat(ours: Lease, until_ms: int, bound: bool) -> Steps[bool]:
    """Renew a lease; whether it was still ours."""
    rows = yield from one(BEAT, **_ours(ours), until=until_ms, one=1, bound=int(bound))
    return bool(rows)


def release(ours: Lease) -> Steps[None]:
    """Give a lease up, so that the next one need not wait for its life to end."""
    yield from one(RELEASE, **_ours(ours), nobody="", one=1, bound=0)


def check(ours: Lease) -> Steps[None]:
    """Make sure that the lease is ours until this transaction ends.

    Raises `LeaseLost` when it is not.
    """
    rows = yield from one(CHECK, **_ours(ours))
    if not rows:
        raise LeaseLost(ours.name)


def _ours(ours: Lease) -> dict[str, str | int]:
    return {"name": ours.name, "holder": ours.holder, "fence": ours.fence}
