"""`postroom jwt`: credentials with which programs log in as somebody."""

import argparse

from postroom.cli import Commands
from postroom.cli.office import Office, Refused, add_action, extension_of, moment, show
from postroom.directory import credentials

DAY_MS = 24 * 3600 * 1000
MOST_DAYS = 36_500


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    parser = commands.add_parser("jwt", help="credentials with which programs log in as somebody")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    add_action(actions, "list", "list the credentials, without their text", list_jwts, lists=True)
    adding = add_action(actions, "add", "make a credential; it is shown once", add_jwt)
    ending = "end them, and the sessions that they opened"
    revoking = add_action(actions, "revoke", ending, revoke_jwts)
    for one in (adding, revoking):
        one.add_argument("extension", help="the extension number")
    adding.add_argument("--label", default="", help="what it is for")
    adding.add_argument("--days", type=int, help="how long it is good for; none: until revoked")
    revoking.add_argument("--label", help="only those of this label; none: all of the extension")


async def list_jwts(office: Office, arguments: argparse.Namespace) -> None:
    """List the credentials of the account."""
    company = await office.company()
    rows = []
    for one in await credentials.jwts(office.store, company.account_id):
        owner = company.extensions.get(one.extension_id)
        rows.append(
            {
                "extension": None if owner is None else owner.number,
                "label": one.label,
                "created": moment(one.created_ms),
                "expires": moment(one.expires_ms),
                "revoked": moment(one.revoked_ms),
            }
        )
    show(arguments, rows)


async def add_jwt(office: Office, arguments: argparse.Namespace) -> None:
    """Make a credential; its text alone is printed."""
    extension = extension_of(await office.company(), arguments.extension)
    if arguments.days is not None and not 0 < arguments.days <= MOST_DAYS:
        raise Refused(f"a credential is good for 1 to {MOST_DAYS} days, or until it is revoked")
    expires = None if arguments.days is None else office.clock() + arguments.days * DAY_MS
    issuer = office.settings.server.base_url
    text = await credentials.add_jwt(
        office.store,
        extension,
        issuer,
        office.clock,
        label=arguments.label,
        expires_ms=expires,
        signed=office.signature,
    )
    print(text)


async def revoke_jwts(office: Office, arguments: argparse.Namespace) -> None:
    """Revoke credentials, and end the sessions that were opened with them."""
    extension = extension_of(await office.company(), arguments.extension)
    count = await credentials.revoke_jwt(
        office.store,
        extension,
        office.clock,
        label=arguments.label,
        signed=office.signature,
    )
    if not count:
        raise Refused(f"extension {extension.number} has no such credential")
    print(f"revoked: {count}")
