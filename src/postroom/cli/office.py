"""What the commands of the directory share: the open store, the account that is meant, answers.

They are processes of their own beside a running server, which obeys from its next request on.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pwd
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from postroom.app import stores
from postroom.cli import Commands, options
from postroom.config import Settings
from postroom.directory.companies import Companies
from postroom.model.audit import Actor, ActorKind, Signature
from postroom.model.company import Company
from postroom.model.errors import Outdated, PostroomError
from postroom.model.extension import Extension
from postroom.model.ids import AccountId
from postroom.store.database import Store
from postroom.store.extensions import ACCOUNTS

ATTEMPTS = 10
T = TypeVar("T")


class Refused(PostroomError):
    """A command that cannot be carried out; the sentence says why."""


class Office:
    """The open store, and the account that a command is about."""

    def __init__(self, settings: Settings, store: Store, account: int | None) -> None:
        self.settings, self.store, self.account = settings, store, account
        self.companies = Companies(store)

    @staticmethod
    def clock() -> int:
        """Now, in Unix milliseconds."""
        return time.time_ns() // 1_000_000

    @property
    def signature(self) -> Signature:
        """Who is at the command line, and when, for the audit log.

        By the process's own user: what the environment says could be anybody's.
        """
        try:
            name = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            name = str(os.getuid())
        return Signature(Actor(kind=ActorKind.OPERATOR, name=name), self.clock())

    def ids(self) -> contextlib.AbstractAsyncContextManager[Iterator[int]]:
        """Ids to give."""
        return stores.giving_ids(self.store)

    async def accounts(self) -> list[tuple[AccountId, str]]:
        """Every account and its name."""
        return [(row[0], row[1]) for row in await self.store.fetch(ACCOUNTS)]

    async def company(self) -> Company:
        """The company as it is now: the one that `--account` names, or the only one."""
        known = dict(await self.accounts())
        if not known:
            raise Refused("there is no company yet; postroom init makes one")
        if self.account is None and len(known) > 1:
            listed = ", ".join(f"{id} ({name})" for id, name in known.items())
            raise Refused(f"there are {len(known)} accounts; choose one with --account: {listed}")
        id = next(iter(known)) if self.account is None else AccountId(self.account)
        if id not in known:
            raise Refused(f"there is no account {id}")
        return await self.companies.current(id)

    async def change(self, change: Callable[[Company], Awaitable[T]]) -> T:
        """Change the company as it is now, again if somebody else has changed it meanwhile."""
        for _ in range(ATTEMPTS):
            try:
                return await change(await self.company())
            except Outdated:
                continue
        raise Refused("others change the company all the time; try again")


def extension_of(company: Company, number: str) -> Extension:
    """The extension of a number.  Raises `Refused`."""
    found = company.by_number.get(number)
    if found is None:
        raise Refused(f"there is no extension {number} in {company.name}")
    return found


Work = Callable[[Office, argparse.Namespace], Awaitable[int | None]]
"""What a command does; its exit status, or nothing for 0."""


def add_action(
    actions: Commands, name: str, help: str, work: Work, *, lists: bool = False
) -> argparse.ArgumentParser:
    """Add an action on the directory, with the options that all of them have."""
    parser = actions.add_parser(name, help=help)
    options.add_settings(parser)
    parser.add_argument(
        "--account", type=options.id_number, metavar="ID", help="which, where there are several"
    )
    if lists:
        parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=in_office(work))
    return parser


def in_office(work: Work, *, new: bool = False) -> Callable[[argparse.Namespace], int]:
    """A command that does `work` in the office; a `new` one may be made for it."""

    def run(arguments: argparse.Namespace) -> int:
        settings = options.settings(arguments)
        file = settings.store.sqlite_file
        if file is not None and not new and not file.exists():
            raise Refused(f"there is no company in {settings.store.data}; postroom init makes one")
        return asyncio.run(_do(work, settings, arguments)) or 0

    return run


async def _do(work: Work, settings: Settings, arguments: argparse.Namespace) -> int | None:
    async with _opened(settings) as store:
        return await work(Office(settings, store, getattr(arguments, "account", None)), arguments)


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The store; what stands in the way of opening it becomes a sentence."""
    opening = stores.opened(settings, frugal=True)
    try:
        store = await opening.__aenter__()
    except Exception as error:
        raise Refused(f"the store cannot be opened: {error}") from error
    try:
        yield store
    finally:
        await opening.__aexit__(None, None, None)


# -- answers ---------------------------------------------------------------------------------


def show(arguments: argparse.Namespace, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a list: as JSON, or as columns with their names above."""
    if arguments.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        print("none")
        return
    table = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    match value:
        case None | False:
            return "-"
        case True:
            return "yes"
        case list():
            return " ".join(map(str, value)) or "-"
        case _:
            return str(value) or "-"


def tell(values: Mapping[str, str | int | None], *, as_json: bool = False) -> None:
    """Print named values, one a line."""
    if as_json:
        print(json.dumps(values, indent=2, ensure_ascii=False))
        return
    width = max(map(len, values))
    for name, value in values.items():
        print(f"{name.ljust(width)}  {'-' if value is None else value}")


def moment(ms: int | None) -> str | None:
    """A moment as people read it, in UTC."""
    if ms is None:
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))
