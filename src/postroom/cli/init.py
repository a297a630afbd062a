"""`postroom init`: a company of your own in an empty store."""

import argparse

from postroom.cli import Commands, options
from postroom.cli.office import Office, in_office, tell
from postroom.directory.app_registry import new_app
from postroom.directory.founding import NotEmpty, found_first
from postroom.directory.provisioning import extension


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("init", help="make a company of your own in an empty store")
    options.add_settings(parser)
    parser.add_argument("--name", required=True, help="the company's name")
    parser.add_argument("--number", help="its main phone number")
    parser.add_argument("--extension", default="101", help="the administrator's extension (101)")
    parser.add_argument("--administrator", default="Administrator", help="the administrator's name")
    parser.add_argument("--email", default="", help="the administrator's e-mail address")
    parser.add_argument("--app", default="First app", help="the first app's name")
    parser.add_argument("--redirect-uri", action="append", default=[], help="of the first app")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=in_office(work, new=True))


async def work(office: Office, arguments: argparse.Namespace) -> None:
    """Make the company, its administrator and its first app; tell the secrets once."""
    if await office.accounts():
        raise NotEmpty
    person = extension(
        arguments.extension, arguments.administrator, email=arguments.email, now_ms=office.clock()
    )
    async with office.ids() as ids:
        made = await found_first(
            office.store,
            ids,
            arguments.name,
            person,
            arguments.number,
            new_app(arguments.app, redirect_uris=arguments.redirect_uri),
            office.settings.server.base_url,
            signed=office.signature,
        )
    tell(
        {
            "account": made.system.account_id,
            "client id": made.app.client_id,
            "client secret": made.app_secret,
            "extension": made.system.number,
            "password": made.password,
            "jwt": made.jwt,
        },
        as_json=arguments.json,
    )
    if not arguments.json:
        print("\nThe secrets are shown only this once.  Now: postroom serve")
