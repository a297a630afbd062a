"""`postroom serve`: run the server until it is told to stop."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop

from postroom.cli import Commands, demo_env, options
from postroom.config import Settings
from postroom.observability import journal, logs

if TYPE_CHECKING:
    from postroom.app.house import House
    from postroom.store.database import Store

EMPTY = """postroom: there is no company in {where} yet. Either

    postroom serve --demo        try it with a demo company
    postroom init                make a company of your own
"""


class NothingThere(Exception):
    """The store is empty, and nobody said what to put in."""


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("serve", help="run the server")
    options.add_settings(parser)
    parser.add_argument("--listen", metavar="HOST:PORT", help="where to listen")
    parser.add_argument(
        "--demo", action="store_true", default=None, help="seed a demo company into empty data"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal."""
    settings = options.settings(
        arguments,
        {"server": {"listen": arguments.listen}, "demo": {"enabled": arguments.demo}},
    )
    logs.configure(settings.log.level, settings.log.format, sys.stderr.buffer)
    journal.switch(settings.log.journal)
    from postroom.app import server, stores  # the whole house: after what may be wrong at once

    try:
        uvloop.run(server.serve(settings, _furnish, _ready))
    except NothingThere:
        print(EMPTY.format(where=settings.store.data), file=sys.stderr, end="")
        return 1
    except stores.Unusable as error:
        print(f"postroom: the store cannot be used: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"postroom: cannot serve on {settings.server.listen}: {error}", file=sys.stderr)
        return 1
    return 0


async def _furnish(settings: Settings, store: "Store") -> None:
    from postroom.app import stores
    from postroom.app.house import real_clock
    from postroom.directory import demo
    from postroom.store.extensions import ACCOUNTS

    folder = Path(settings.store.data)
    if await store.fetch(ACCOUNTS):
        if settings.demo.enabled:
            base = settings.server.base_url
            await demo.readdress(store, demo_env.read(folder), base, real_clock())
            demo_env.readdress(folder, base)
        return
    if not settings.demo.enabled:
        raise NothingThere
    async with stores.giving_ids(store) as ids:
        keep = partial(demo_env.write, folder)
        await demo.seed(store, ids, real_clock, settings.server.base_url, keep)


def _ready(house: "House") -> None:
    settings = house.settings
    if not settings.demo.enabled:
        print(f"Postroom listens on {settings.server.base_url}", flush=True)
        return
    folder = Path(settings.store.data)
    print(_welcome(settings.server.base_url, folder, demo_env.read(folder)), flush=True)


def _welcome(base: str, folder: Path, values: dict[str, str]) -> str:
    """What to try, as one screen."""
    return f"""
Postroom, with a demo company: {base}

    API documentation   {base}/docs
    credentials         {folder / demo_env.NAME}
    log in as Ada       {values.get("RC_USERNAME")}, extension {values.get("RC_EXTENSION")}, \
password {values.get("RC_PASSWORD")}
    rate limits         switched off in the demo
    carriers            simulated: the last digits of a number choose its fate (docs/simulator.md)

Try it in another terminal:

    set -a; . {folder / demo_env.NAME}; set +a
    TOKEN=$(curl -s -u "$RC_CLIENT_ID:$RC_CLIENT_SECRET" $RC_SERVER_URL/restapi/oauth/token \\
      -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=$RC_USER_JWT \\
      | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
    curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
      $RC_SERVER_URL/restapi/v1.0/account/~/extension/~/sms \\
      -d '{{"from":{{"phoneNumber":"+16505550101"}},"to":[{{"phoneNumber":"+14155550123"}}],\
"text":"Hello"}}'
    curl -s -H "Authorization: Bearer $TOKEN" \\
      $RC_SERVER_URL/restapi/v1.0/account/~/extension/~/message-store

Stop it with Ctrl-C.
"""
