"""`postroom init`: a company of your own in an empty store."""

import argparse
import secrets

from postroom.cli import Commands, options
from postroom.cli.office import Office, Refused, in_office, tell
from postroom.directory.app_registry import add_app
from postroom.directory.credentials import add_jwt
from postroom.directory.founding import found_account
from postroom.directory.passwords import hash_password
from postroom.directory.provisioning import extension, set_password

PASSWORD_OCTETS = 12


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
        raise Refused("there is a company already; postroom account add makes another one")
    store, now = office.store, office.clock()
    person = extension(
        arguments.extension, arguments.administrator, email=arguments.email, now_ms=now
    )
    async with office.ids() as ids:
        system = await found_account(store, ids, arguments.name, person, arguments.number)
    password = secrets.token_urlsafe(PASSWORD_OCTETS)
    await set_password(store, system, hash_password(password))
    app, secret = await add_app(store, arguments.app, now, redirect_uris=arguments.redirect_uri)
    issuer = office.settings.server.base_url
    jwt = await add_jwt(store, system, issuer, office.clock, label="init")
    tell(
        {
            "account": system.account_id,
            "client id": app.client_id,
            "client secret": secret,
            "extension": system.number,
            "password": password,
            "jwt": jwt,
        },
        as_json=arguments.json,
    )
    if not arguments.json:
        print("\nThe secrets are shown only this once.  Now: postroom serve")
